using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace AlbertCompiled.Generators.Diagnostics;

/// <summary>
/// Where a diagnostic belongs, in terms that survive edits elsewhere: no syntax, no offsets into files. The most specific
/// part that exists in the compilation wins: tokens of a definition, then a member, an attribute's argument, the attribute, the class.
/// </summary>
/// <param name="Model">Metadata name of the declared class: a model, or a definition that is none.</param>
internal sealed record Place(string Model)
{
    /// <summary>No C# file has it: a setting of the project is the cause.</summary>
    public static readonly Place Nowhere = new("");

    /// <summary>Metadata name of an attribute's class on the model, or null for the model's name.</summary>
    public string? Attribute { get; init; }

    /// <summary>A property that the attribute sets; the name of a constructor's parameter stands for its first argument.</summary>
    public string? Argument { get; init; }

    /// <summary>A member of the class itself, or null.</summary>
    public Declare.ModelMember? Member { get; init; }

    /// <summary>Metadata name of a <c>[Definition]</c> class in this compilation.</summary>
    public string? Definition { get; init; }

    /// <summary>Index of the first token in the definition's text.</summary>
    public int FirstToken { get; init; }

    /// <summary>Index of the last token, inclusive.</summary>
    public int LastToken { get; init; }
}

/// <summary>A diagnostic by value.</summary>
/// <param name="Descriptor">A row of <see cref="Descriptors"/>; compared by reference.</param>
/// <param name="Place">Where.</param>
/// <param name="Arguments">Of the message.</param>
internal sealed record DiagnosticInfo(DiagnosticDescriptor Descriptor, Place Place, EquatableArray<string> Arguments)
{
    public DiagnosticInfo(DiagnosticDescriptor descriptor, Place place, params string[] arguments)
        : this(descriptor, place, new EquatableArray<string>([.. arguments])) { }

    /// <summary>An exception inside the compiler, at the model.</summary>
    public static DiagnosticInfo OfFailure(Declare.Declaration declaration, Exception failure) =>
        new(Descriptors.Internal, new(declaration.FullName), declaration.Name, $"{failure.GetType().Name}: {failure.Message}");

    /// <summary>The message in English.</summary>
    public string Message => string.Format(
        System.Globalization.CultureInfo.InvariantCulture, Descriptor.MessageFormat.ToString(System.Globalization.CultureInfo.InvariantCulture), [.. Arguments]);

    public override string ToString() => $"{Descriptor.Id}: {Message}";
}
