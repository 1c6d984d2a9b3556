using System.Collections.Immutable;
using System.Globalization;
using AlbertCompiled.Generators.Diagnostics;
using Microsoft.CodeAnalysis;

namespace AlbertCompiled.Generators.Declare;

/// <summary>Reads <c>[MemoryBudget("24 GB", Tokens = 16_384)]</c>.</summary>
internal static class BudgetReader
{
    public const string AttributeName = "MemoryBudgetAttribute";

    const int DefaultTokens = 4096, TokensPerSequence = 128;

    static readonly ImmutableArray<(string Unit, long Bytes)> Units =
    [
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40),
        ("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000),
    ];

    public static MemoryBudget? Read(AttributeData? attribute, Place model, ImmutableArray<DiagnosticInfo>.Builder diagnostics)
    {
        // what is no string, C# reports
        if (attribute is not { ConstructorArguments: [{ Kind: TypedConstantKind.Primitive, Value: null or string } budget] }) return null;
        string? text = (string?)budget.Value;
        var place = model with { Attribute = $"AlbertCompiled.{AttributeName}" };
        int Named(string name, int fallback, int least)
        {
            var argument = attribute.NamedArguments.FirstOrDefault(a => a.Key == name);
            if (argument.Key is null || argument.Value.Value is not int value) return fallback;
            if (value < least) diagnostics.Add(new(Descriptors.BudgetMalformed, place with { Argument = name }, $"{name} must be at least {least}, not {value}"));
            return Math.Max(value, least);
        }

        int tokens = Named("Tokens", DefaultTokens, least: 1);
        int sequences = Named("Sequences", 0, least: 0);
        if (sequences == 0) sequences = Math.Max(1, tokens / TokensPerSequence);
        int predictions = Named("Predictions", 0, least: 0);
        if (text is not null && Bytes(text) is { } bytes) return new(text, bytes, tokens, sequences, predictions);
        diagnostics.Add(new(Descriptors.BudgetMalformed, place with { Argument = "budget" }, $"{(text is null ? "null" : $"\"{text}\"")} is not a memory budget: write a positive number and KB, MB, GB, TB (powers of 1000) or KiB, MiB, GiB, TiB, such as \"24 GB\""));
        return null;
    }

    /// <summary>The number of bytes, or null if the text is malformed.</summary>
    public static long? Bytes(string text)
    {
        string trimmed = text.Trim();
        foreach (var (unit, size) in Units)
        {
            if (!trimmed.EndsWith(unit, StringComparison.OrdinalIgnoreCase)) continue;
            string number = trimmed.Substring(0, trimmed.Length - unit.Length).TrimEnd();
            // no thousands: they would make 15 of a decimal comma's "1,5"
            return double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value) && value * size is >= 1 and < long.MaxValue ? (long)(value * size) : null;
        }

        return null;
    }
}
