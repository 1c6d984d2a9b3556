using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AlbertCompiled.Generators.Trace;

/// <summary>A class or record of the definitions, as syntax.</summary>
internal sealed class DefinitionType(string name, DefinitionType? outer)
{
    readonly List<TypeDeclarationSyntax> parts = [];

    public string Name { get; } = name;

    public DefinitionType? Outer { get; } = outer;

    /// <summary>The definition that it derives from, if its text is there.</summary>
    public DefinitionType? Base { get; set; }

    public bool IsStatic { get; private set; }

    public bool IsRecord { get; private set; }

    /// <summary>A primary constructor's parameters; null without one.</summary>
    public ParameterListSyntax? Parameters { get; private set; }

    /// <summary>The base class in the base list, with its arguments if it has some.</summary>
    public BaseTypeSyntax? BaseSyntax { get; private set; }

    public Dictionary<string, DefinitionType> Nested { get; } = [];

    public Dictionary<string, List<MethodDeclarationSyntax>> Methods { get; } = [];

    /// <summary>Fields and auto-properties, in order: name, type, initialiser, whether static, whether settable from outside.</summary>
    public List<StoredMember> Stored { get; } = [];

    public Dictionary<string, PropertyDeclarationSyntax> Computed { get; } = [];

    /// <summary>This type and its bases, most derived first.</summary>
    public IEnumerable<DefinitionType> Chain
    {
        get
        {
            for (var type = this; type is not null; type = type.Base) yield return type;
        }
    }

    public SyntaxNode Syntax => parts[0];

    /// <summary>True for the name of a field, a property, or a record's positional member.</summary>
    public bool Declares(string name) => Computed.ContainsKey(name) || Stored.Any(m => m.Name == name) ||
        IsRecord && Parameters is { Parameters: var positional } && positional.Any(p => p.Identifier.ValueText == name);

    public void Add(TypeDeclarationSyntax part)
    {
        parts.Add(part);
        IsStatic |= part.Modifiers.Any(SyntaxKind.StaticKeyword);
        IsRecord |= part is RecordDeclarationSyntax;
        Parameters ??= part.ParameterList;
        BaseSyntax ??= part.BaseList?.Types.FirstOrDefault();
        foreach (var member in part.Members) Add(member);
    }

    void Add(MemberDeclarationSyntax member)
    {
        bool isStatic = member.Modifiers.Any(SyntaxKind.StaticKeyword) || member.Modifiers.Any(SyntaxKind.ConstKeyword);
        switch (member)
        {
            case MethodDeclarationSyntax method:
                if (!Methods.TryGetValue(method.Identifier.ValueText, out var overloads)) Methods.Add(method.Identifier.ValueText, overloads = []);
                overloads.Add(method);
                break;
            case FieldDeclarationSyntax field:
                foreach (var variable in field.Declaration.Variables)
                    Stored.Add(new(variable.Identifier.ValueText, field.Declaration.Type, variable.Initializer?.Value, isStatic, false, field));
                break;
            case PropertyDeclarationSyntax { AccessorList.Accessors: var accessors } property when accessors.All(a => a.Body is null && a.ExpressionBody is null):
                Stored.Add(new(property.Identifier.ValueText, property.Type, property.Initializer?.Value, isStatic,
                    accessors.Any(a => a.Kind() is SyntaxKind.SetAccessorDeclaration or SyntaxKind.InitAccessorDeclaration), property));
                break;
            case PropertyDeclarationSyntax property:
                Computed[property.Identifier.ValueText] = property;
                break;
        }
    }
}

/// <summary>A field or auto-property.</summary>
internal sealed record StoredMember(string Name, TypeSyntax Type, ExpressionSyntax? Initializer, bool IsStatic, bool IsSettable, SyntaxNode Syntax);

/// <summary>An enum: its members in order, and the one that is 0.</summary>
internal sealed record DefinitionEnum(string Name, ImmutableArray<string> Members, string? Zero);
