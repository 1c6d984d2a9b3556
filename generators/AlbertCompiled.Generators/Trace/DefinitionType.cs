using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AlbertCompiled.Generators.Trace;

/// <summary>A class or record of the definitions, as syntax.</summary>
internal sealed class DefinitionType(string name, DefinitionType? outer, DefinitionFile file)
{
    readonly List<TypeDeclarationSyntax> parts = [];

    public string Name { get; } = name;

    public DefinitionType? Outer { get; } = outer;

    /// <summary>The text that it stands in.</summary>
    public DefinitionFile File { get; } = file;

    /// <summary>The definition that it derives from, if its text is there.</summary>
    public DefinitionType? Base { get; set; }

    public bool IsStatic { get; private set; }

    public bool IsRecord { get; private set; }

    public bool IsAbstract { get; private set; }

    /// <summary>A primary constructor's parameters; null without one.</summary>
    public ParameterListSyntax? Parameters { get; private set; }

    /// <summary>The base class in the base list, with its arguments if it has some.</summary>
    public BaseTypeSyntax? BaseSyntax { get; private set; }

    /// <summary>True for a record whose base has no text. An interface has none either, and is known by its name alone; it brings no members.</summary>
    public bool LacksBase => IsRecord && Base is null && BaseSyntax is { Type: var type } && !(Definitions.SimpleName(type) is ['I', >= 'A' and <= 'Z', ..]);

    /// <summary>True if another type of the texts derives from it.</summary>
    public bool IsBase { get; set; }

    /// <summary>The type as syntax that means it, whatever else has its name.</summary>
    public TypeSyntax Named { get; } = SyntaxFactory.IdentifierName(name);

    public Dictionary<string, DefinitionType> Nested { get; } = [];

    public Dictionary<string, DefinitionEnum> Enums { get; } = [];

    public Dictionary<string, List<MethodDeclarationSyntax>> Methods { get; } = [];

    /// <summary>Fields and auto-properties, in order: name, type, initialiser, whether static, whether settable from outside.</summary>
    public List<StoredMember> Stored { get; } = [];

    /// <summary>Properties with a body, and abstract ones.</summary>
    public Dictionary<string, PropertyDeclarationSyntax> Computed { get; } = [];

    /// <summary>Constructors, operators and other members that the language does not have.</summary>
    public List<MemberDeclarationSyntax> Foreign { get; } = [];

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
    public bool Declares(string name) => Modifiers(name) is not null || IsRecord && Parameters is { Parameters: var positional } && positional.Any(p => p.Identifier.ValueText == name);

    /// <summary>The modifiers of a field or property; null if no declaration of the body has this name.</summary>
    public SyntaxTokenList? Modifiers(string name) =>
        (Computed.TryGetValue(name, out var property) ? property : Stored.FirstOrDefault(m => m.Name == name)?.Syntax)?.Modifiers;

    /// <summary>Whether code in <paramref name="from"/> may use a member of this type by its modifiers.</summary>
    public bool Shows(SyntaxTokenList modifiers, DefinitionType from)
    {
        if (modifiers.Any(m => m.Kind() is SyntaxKind.PublicKeyword or SyntaxKind.ProtectedKeyword or SyntaxKind.InternalKeyword)) return true;
        for (var outer = from; outer is not null; outer = outer.Outer)
        {
            if (outer == this) return true;
        }

        return false;
    }

    public void Add(TypeDeclarationSyntax part)
    {
        parts.Add(part);
        IsStatic |= part.Modifiers.Any(SyntaxKind.StaticKeyword);
        IsRecord |= part is RecordDeclarationSyntax;
        IsAbstract |= part.Modifiers.Any(SyntaxKind.AbstractKeyword);
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
            case PropertyDeclarationSyntax { AccessorList.Accessors: var accessors } property when !property.Modifiers.Any(SyntaxKind.AbstractKeyword) && accessors.All(a => a.Body is null && a.ExpressionBody is null):
                Stored.Add(new(property.Identifier.ValueText, property.Type, property.Initializer?.Value, isStatic,
                    accessors.Any(a => a.Kind() is SyntaxKind.SetAccessorDeclaration or SyntaxKind.InitAccessorDeclaration), property));
                break;
            case PropertyDeclarationSyntax property:
                Computed[property.Identifier.ValueText] = property;
                break;
            case EnumDeclarationSyntax enumeration:
                Enums[enumeration.Identifier.ValueText] = DefinitionEnum.Of(enumeration);
                break;
            case BaseTypeDeclarationSyntax:
                break;
            default:
                Foreign.Add(member);
                break;
        }
    }
}

/// <summary>A field or auto-property.</summary>
internal sealed record StoredMember(string Name, TypeSyntax Type, ExpressionSyntax? Initializer, bool IsStatic, bool IsSettable, MemberDeclarationSyntax Syntax);
