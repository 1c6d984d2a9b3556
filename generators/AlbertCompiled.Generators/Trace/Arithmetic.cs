using System.Collections.Immutable;
using Microsoft.CodeAnalysis.CSharp;

namespace AlbertCompiled.Generators.Trace;

/// <summary>C#'s operators on the language's constants. Integers are checked: an overflow is an error, never a wrapped size.</summary>
internal static class Arithmetic
{
    static readonly Dictionary<SyntaxKind, Func<int, int, object>> Integer = new()
    {
        [SyntaxKind.AddExpression] = (a, b) => checked(a + b),
        [SyntaxKind.SubtractExpression] = (a, b) => checked(a - b),
        [SyntaxKind.MultiplyExpression] = (a, b) => checked(a * b),
        [SyntaxKind.DivideExpression] = (a, b) => b switch { 0 => throw new DivideByZeroException(), -1 => checked(-a), _ => a / b },
        [SyntaxKind.ModuloExpression] = (a, b) => b switch { 0 => throw new DivideByZeroException(), -1 => 0, _ => a % b },
        [SyntaxKind.LessThanExpression] = (a, b) => a < b,
        [SyntaxKind.LessThanOrEqualExpression] = (a, b) => a <= b,
        [SyntaxKind.GreaterThanExpression] = (a, b) => a > b,
        [SyntaxKind.GreaterThanOrEqualExpression] = (a, b) => a >= b,
        [SyntaxKind.EqualsExpression] = (a, b) => a == b,
        [SyntaxKind.NotEqualsExpression] = (a, b) => a != b,
    };

    static readonly Dictionary<SyntaxKind, Func<double, double, object>> Real = new()
    {
        [SyntaxKind.AddExpression] = (a, b) => a + b,
        [SyntaxKind.SubtractExpression] = (a, b) => a - b,
        [SyntaxKind.MultiplyExpression] = (a, b) => a * b,
        [SyntaxKind.DivideExpression] = (a, b) => a / b,
        [SyntaxKind.ModuloExpression] = (a, b) => a % b,
        [SyntaxKind.LessThanExpression] = (a, b) => a < b,
        [SyntaxKind.LessThanOrEqualExpression] = (a, b) => a <= b,
        [SyntaxKind.GreaterThanExpression] = (a, b) => a > b,
        [SyntaxKind.GreaterThanOrEqualExpression] = (a, b) => a >= b,
        [SyntaxKind.EqualsExpression] = (a, b) => a == b,
        [SyntaxKind.NotEqualsExpression] = (a, b) => a != b,
    };

    static readonly Dictionary<SyntaxKind, Func<bool, bool, object>> Logical = new()
    {
        [SyntaxKind.LogicalAndExpression] = (a, b) => a && b,
        [SyntaxKind.LogicalOrExpression] = (a, b) => a || b,
        [SyntaxKind.EqualsExpression] = (a, b) => a == b,
        [SyntaxKind.NotEqualsExpression] = (a, b) => a != b,
    };

    /// <summary>True for operators on numbers that give a number.</summary>
    public static bool IsArithmetic(SyntaxKind kind) =>
        kind is SyntaxKind.AddExpression or SyntaxKind.SubtractExpression or SyntaxKind.MultiplyExpression or SyntaxKind.DivideExpression or SyntaxKind.ModuloExpression;

    /// <summary>The result, or null if C# has no such operator or the language leaves it out.</summary>
    /// <exception cref="OverflowException">An integer result does not fit.</exception>
    /// <exception cref="DivideByZeroException">An integer is divided by zero.</exception>
    public static object? Binary(SyntaxKind kind, object a, object b) => (a, b) switch
    {
        (int x, int y) => Integer.TryGetValue(kind, out var rule) ? rule(x, y) : null,
        (int or double, int or double) => Real.TryGetValue(kind, out var rule) ? rule(ToDouble(a), ToDouble(b)) : null,
        (bool x, bool y) => Logical.TryGetValue(kind, out var rule) ? rule(x, y) : null,
        // a constant 0 is of every enum
        (EnumMember x, EnumMember or 0 or 0.0) => Compare(kind, x.Number, (b as EnumMember)?.Number ?? 0),
        (0 or 0.0, EnumMember y) => Compare(kind, 0, y.Number),
        _ => kind switch
        {
            SyntaxKind.AddExpression when a is EnumMember { HasTwin: true } || b is EnumMember { HasTwin: true } => null,
            SyntaxKind.AddExpression when a is string || b is string => Text(a) + Text(b),
            SyntaxKind.EqualsExpression => a.Equals(b),
            SyntaxKind.NotEqualsExpression => !a.Equals(b),
            _ => null,
        },
    };

    static object? Compare(SyntaxKind kind, long a, long b) => IsArithmetic(kind) ? null : Real.TryGetValue(kind, out var rule) ? rule(a, b) : null;

    /// <summary>The result, or null if there is no such operator.</summary>
    public static object? Unary(SyntaxKind kind, object a) => (kind, a) switch
    {
        (SyntaxKind.UnaryMinusExpression, int x) => checked(-x),
        (SyntaxKind.UnaryMinusExpression, double x) => -x,
        (SyntaxKind.UnaryPlusExpression, int or double) => a,
        (SyntaxKind.LogicalNotExpression, bool x) => !x,
        _ => null,
    };

    /// <summary>The functions of <see cref="Math"/> that bear the name of an operation on tensors.</summary>
    public static readonly HashSet<string> Functions = ["Sqrt", "Log", "Exp", "Min", "Max", "Tanh"];

    /// <summary>The names of <see cref="Function"/>.</summary>
    public static readonly ImmutableArray<string> Known = ["Sqrt", "Log", "Exp", "Tanh", "Pow", "Floor", "Ceiling", "Abs", "Min", "Max"];

    /// <summary>The functions of <see cref="Math"/> that a definition may use; null if there is none that takes these.</summary>
    public static object? Function(string name, object[] arguments) => (name, arguments) switch
    {
        ("Sqrt", [int or double]) => Math.Sqrt(ToDouble(arguments[0])),
        ("Log", [int or double]) => Math.Log(ToDouble(arguments[0])),
        ("Exp", [int or double]) => Math.Exp(ToDouble(arguments[0])),
        ("Tanh", [int or double]) => Math.Tanh(ToDouble(arguments[0])),
        ("Floor", [double x]) => Math.Floor(x),
        ("Ceiling", [double x]) => Math.Ceiling(x),
        ("Pow", [int or double, int or double]) => Math.Pow(ToDouble(arguments[0]), ToDouble(arguments[1])),
        ("Abs", [int x]) => Math.Abs(x),
        ("Abs", [double x]) => Math.Abs(x),
        ("Min", [int a, int b]) => Math.Min(a, b),
        ("Max", [int a, int b]) => Math.Max(a, b),
        ("Min", [int or double, int or double]) => Math.Min(ToDouble(arguments[0]), ToDouble(arguments[1])),
        ("Max", [int or double, int or double]) => Math.Max(ToDouble(arguments[0]), ToDouble(arguments[1])),
        _ => null,
    };

    /// <summary>A cast to int or double; null if there is none.</summary>
    /// <exception cref="OverflowException">The double is outside int.</exception>
    public static object? Cast(string type, object a) => (type, a) switch
    {
        ("int", double x) => checked((int)x),
        ("double", int x) => (double)x,
        ("int", EnumMember e) => checked((int)e.Number),
        ("double", EnumMember e) => (double)e.Number,
        ("int", int) or ("double", double) or ("bool", bool) or ("string", string) => a,
        _ => null,
    };

    /// <summary>A cast to an enum; null if there is none.</summary>
    /// <exception cref="OverflowException">The double is outside int.</exception>
    public static object? Cast(DefinitionEnum type, object a) => a switch
    {
        EnumMember e => e.Enum == type ? e : type.Numbered(e.Number),
        int number => type.Numbered(number),
        double number => type.Numbered(checked((int)number)),
        _ => null,
    };

    public static double ToDouble(object value) => value is int i ? i : (double)value;

    /// <summary>A constant inside a string, in the invariant culture.</summary>
    public static string Text(object value) => value switch
    {
        EnumMember e => e.Name,
        bool b => b ? "True" : "False",
        double d => d.ToString("R", System.Globalization.CultureInfo.InvariantCulture),
        IFormattable f => f.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };
}
