using System.Collections.Immutable;
using AlbertCompiled.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AlbertCompiled.Generators.Declare;

/// <summary>From a class with program attributes to its <see cref="Declaration"/>: the one place where symbols are read.</summary>
internal static class Declarer
{
    const string Namespace = "AlbertCompiled";

    /// <summary>The declaration; null if another of the class's program attributes stands before the one at hand, or the same on another of its parts, and so declares it.</summary>
    public static Declaration? Declare(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        var type = (INamedTypeSymbol)context.TargetSymbol;
        var programs = ProgramRule.Attributes.Where(name => Find(type.GetAttributes(), $"{name}Attribute") is not null).ToImmutableArray();
        if (context.Attributes[0].AttributeClass!.Name != $"{programs[0]}Attribute" || !IsFirst(context, cancellation)) return null;
        if (type.GetAttributes().Any(IsRefused)) return null;
        var compilation = context.SemanticModel.Compilation;
        var place = new Place(DefinitionSource.MetadataName(type));
        var bare = new Declaration(DefinitionSource.NameOf(type.ContainingNamespace), type.Name, type.DeclaredAccessibility == Accessibility.Public ? "public" : "internal", "", "", default, default)
        {
            Hint = HintName.Of(type, compilation, cancellation),
            Programs = programs,
            Members = OwnMembers.Read(type),
            Hidden = RuntimeTypes.Hidden(type, context.SemanticModel, context.TargetNode),
        };
        Declaration Fail(params DiagnosticInfo[] diagnostics) => bare with { Diagnostics = diagnostics.ToImmutableArray() };

        if (Objection(type, (TypeDeclarationSyntax)context.TargetNode, compilation, cancellation) is { } objection)
            return Fail(new DiagnosticInfo(Descriptors.ModelClass, place, type.Name, objection));
        if (OwnMembers.Objections(type, place, cancellation) is { IsEmpty: false } objections) return bare with { Diagnostics = objections };

        var architectures = type.GetAttributes().Select(a => (Data: a, Graph: GraphOf(a.AttributeClass))).Where(a => a.Graph is not null).ToList();
        if (architectures.Count != 1)
        {
            return Fail(new DiagnosticInfo(Descriptors.MissingDefinition, place, architectures.Count == 0
                ? $"'{type.Name}' has no architecture attribute such as [Albert]: which model is it?"
                : $"'{type.Name}' has {architectures.Count} architecture attributes; it can only be one model"));
        }

        var (attribute, graph) = architectures[0];
        var architecture = attribute.AttributeClass!;
        bare = bare with { Architecture = DefinitionSource.MetadataName(architecture), Graph = DefinitionSource.MetadataName(graph!) };
        place = place with { Attribute = bare.Architecture };
        var diagnostics = ImmutableArray.CreateBuilder<DiagnosticInfo>();
        if (Unnamed(attribute, place) is { } unnamed) diagnostics.Add(unnamed);
        var arguments = ImmutableArray.CreateBuilder<Argument>();
        foreach (var argument in attribute.NamedArguments)
        {
            if (ConstantText.Of(argument.Value) is { } text) arguments.Add(new(argument.Key, text));
            else if (argument.Value is { Kind: TypedConstantKind.Enum, Type: { } choice })
                diagnostics.Add(new(Descriptors.Option, place with { Argument = argument.Key }, OptionReader.NoSuchValue(choice, argument.Value)));
            else if (argument.Value.Kind != TypedConstantKind.Error) // C# reports the others
                diagnostics.Add(new(Descriptors.Unsupported, place with { Argument = argument.Key }, argument.Key, "a configuration holds int, double, bool, string and enum values"));
        }

        bool trainsTask = TaskReader.Read(type, attribute, bare.FullName, arguments, diagnostics);
        var (definitions, missing, unusable) = Texts.Of(compilation, (architecture, graph!), types => Definitions(types.Architecture, types.Graph, compilation, cancellation));
        diagnostics.AddRange(unusable);
        foreach (string name in missing)
            diagnostics.Add(new(Descriptors.MissingDefinition, place, $"the text of '{name}' was not found: it must be marked [Definition], and its assembly be built with the compiler"));

        var options = type.GetAttributes();
        return bare with
        {
            TrainsTask = trainsTask,
            Arguments = arguments.ToImmutable(),
            Definitions = definitions,
            Recompute = OptionReader.Choice<RecomputeMode>(options, "RecomputeAttribute", bare.FullName, diagnostics),
            LogitRows = OptionReader.LogitRows(options, bare.FullName, diagnostics),
            Optimizer = OptionReader.Choice<OptimizerKind>(options, "OptimizerAttribute", bare.FullName, diagnostics),
            Precision = OptionReader.Choice<ComputeKind>(options, "PrecisionAttribute", bare.FullName, diagnostics),
            Budget = BudgetReader.Read(Find(options, BudgetReader.AttributeName), new(bare.FullName), diagnostics),
            Diagnostics = diagnostics.ToImmutable(),
        };
    }

    /// <summary>False where no class is configured as a model, or where one of its attributes has the name of a program: what is most often so is seen without a symbol.</summary>
    public static bool MayLackProgram(SyntaxNode node) => node is ClassDeclarationSyntax { AttributeLists.Count: > 0 } declaration
        && !declaration.AttributeLists.SelectMany(list => list.Attributes).Any(attribute => ProgramRule.Attributes.Contains(NameOf(attribute)));

    static string NameOf(AttributeSyntax attribute) => (attribute.Name switch
    {
        QualifiedNameSyntax qualified => qualified.Right,
        AliasQualifiedNameSyntax alias => alias.Name,
        var name => name,
    }).ToString() is var written && written.EndsWith("Attribute", StringComparison.Ordinal) ? written.Substring(0, written.Length - "Attribute".Length) : written;

    /// <summary>What is wrong with a class that is configured as a model but says nothing of what to compile; null for any other class.</summary>
    public static DiagnosticInfo? WithoutProgram(GeneratorSyntaxContext context, CancellationToken cancellation)
    {
        if (context.SemanticModel.GetDeclaredSymbol((ClassDeclarationSyntax)context.Node, cancellation) is not { } type) return null;
        var attributes = type.GetAttributes();
        if (attributes.All(a => GraphOf(a.AttributeClass) is null) || ProgramRule.Attributes.Any(name => Find(attributes, $"{name}Attribute") is not null)) return null;
        return new(Descriptors.NoProgram, new Place(DefinitionSource.MetadataName(type)), type.Name, string.Join(", ", ProgramRule.Attributes.Select(name => $"[{name}]")));
    }

    /// <summary>The text of a <c>[Definition]</c> class for the assembly's metadata.</summary>
    public static DefinitionText? Export(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        var (type, compilation) = ((INamedTypeSymbol)context.TargetSymbol, context.SemanticModel.Compilation);
        return IsFirst(context, cancellation) && Unusable(type) is null && DefinitionSource.Read(type, compilation, cancellation) is { } text ? text with { Hint = HintName.Of(type, compilation, cancellation) } : null;
    }

    /// <summary>What is wrong with a <c>[Definition]</c> class; null if its text can be exported.</summary>
    public static DiagnosticInfo? Unusable(GeneratorAttributeSyntaxContext context, CancellationToken cancellation) =>
        IsFirst(context, cancellation) ? Unusable((INamedTypeSymbol)context.TargetSymbol) : null;

    static DiagnosticInfo? Unusable(INamedTypeSymbol definition) => DefinitionSource.IsFileLocal(definition)
        ? new(Descriptors.DefinitionClass, new Place(DefinitionSource.MetadataName(definition)), definition.Name, "visible outside its file: its text is found by its name")
        : null;

    /// <summary>False at a further part of the class on which the attribute, against C#'s rules, stands again.</summary>
    static bool IsFirst(GeneratorAttributeSyntaxContext context, CancellationToken cancellation) =>
        Find(context.TargetSymbol.GetAttributes(), context.Attributes[0].AttributeClass!.Name)?.ApplicationSyntaxReference?.GetSyntax(cancellation) is { } first
        && first.FirstAncestorOrSelf<TypeDeclarationSyntax>() == context.TargetNode;

    /// <summary>True for an attribute of ours whose arguments C# does not take, and says so.</summary>
    static bool IsRefused(AttributeData attribute) => attribute is { AttributeConstructor: null, AttributeClass: { } type }
        && (GraphOf(type) is not null || type.ContainingNamespace?.ToDisplayString() == Namespace);

    /// <summary>What is wrong with an architecture that is configured by the arguments of a constructor, which would have to run; null for one that is not.</summary>
    static DiagnosticInfo? Unnamed(AttributeData architecture, Place place)
    {
        if (architecture is not { ConstructorArguments: [var first, ..], AttributeConstructor.Parameters: [{ Name: var parameter }, ..] }) return null;
        string value = ConstantText.Of(first) ?? parameter;
        string? setting = architecture.AttributeClass!.GetMembers().OfType<IPropertySymbol>().FirstOrDefault(p => p.Name.Equals(parameter, StringComparison.OrdinalIgnoreCase))?.Name;
        string cure = setting is null ? $"name the property of {architecture.AttributeClass.Name} that it is" : $"write {setting} = {value}";
        return new(Descriptors.Unsupported, place with { Argument = parameter }, value, $"an architecture takes its settings by name, not through a constructor: {cure}");
    }

    static string? Objection(INamedTypeSymbol type, TypeDeclarationSyntax syntax, Compilation compilation, CancellationToken cancellation) => type switch
    {
        { TypeKind: not TypeKind.Class } => "a class",
        { IsRecord: true } => "a class, not a record",
        { ContainingType: not null } => "a top-level class, not a nested one",
        { IsGenericType: true } => "a class without type parameters",
        { IsStatic: true } => "an instance class, not a static one",
        { IsAbstract: true } => "a class that can be created, not an abstract one",
        { IsFileLocal: true } => "visible outside its file",
        _ when RuntimeTypes.Contains(type.Name) => "called otherwise: generated code names a type of the runtime so",
        _ when Bases(type, compilation, cancellation).Any(root => root.ToDisplayString() != $"{Namespace}.CompiledModel") => "a class without a base: the compiler gives it one",
        _ => syntax.Modifiers.Any(SyntaxKind.PartialKeyword) ? null : "partial: the compiler writes its other half",
    };

    /// <summary>The classes that the parts name as their base: object is one if it is written.</summary>
    static IEnumerable<ITypeSymbol> Bases(INamedTypeSymbol type, Compilation compilation, CancellationToken cancellation) =>
        type.DeclaringSyntaxReferences.Select(part => part.GetSyntax(cancellation)).OfType<TypeDeclarationSyntax>().SelectMany(part => part.BaseList?.Types ?? [])
            .Select(root => compilation.GetSemanticModel(root.SyntaxTree).GetTypeInfo(root.Type, cancellation).Type).OfType<ITypeSymbol>().Where(root => root.TypeKind == TypeKind.Class);

    /// <summary>The TGraph of ArchitectureAttribute&lt;TGraph&gt; among the bases.</summary>
    static INamedTypeSymbol? GraphOf(INamedTypeSymbol? attribute)
    {
        for (var type = attribute; type is not null; type = type.BaseType)
        {
            if (type is { Name: "ArchitectureAttribute", TypeArguments: [INamedTypeSymbol graph] } && type.ContainingNamespace.ToDisplayString() == Namespace)
                return graph;
        }

        return null;
    }

    // many models are of one architecture
    static readonly PerCompilation<(INamedTypeSymbol Architecture, INamedTypeSymbol Graph), (ImmutableArray<DefinitionText> Found, ImmutableArray<string> Missing, ImmutableArray<DiagnosticInfo> Unusable)> Texts =
        new(EqualityComparer<(INamedTypeSymbol, INamedTypeSymbol)>.Default);

    /// <summary>The texts that tracing needs: attribute and definition with their bases, then the static classes that these import.</summary>
    static (ImmutableArray<DefinitionText> Found, ImmutableArray<string> Missing, ImmutableArray<DiagnosticInfo> Unusable) Definitions(
        INamedTypeSymbol architecture, INamedTypeSymbol graph, Compilation compilation, CancellationToken cancellation)
    {
        var found = ImmutableArray.CreateBuilder<DefinitionText>();
        var missing = ImmutableArray.CreateBuilder<string>();
        var unusable = ImmutableArray.CreateBuilder<DiagnosticInfo>();
        var seen = new HashSet<string>();
        var pending = new Queue<INamedTypeSymbol>();
        foreach (var root in new[] { architecture, graph })
        {
            for (var type = root; type is { TypeKind: not TypeKind.Error } && !IsFoundation(type); type = type.BaseType) pending.Enqueue(type);
        }

        if (compilation.GetTypeByMetadataName($"{Namespace}.Library") is { } library) pending.Enqueue(library);
        while (pending.Count > 0)
        {
            var type = pending.Dequeue();
            if (!seen.Add(DefinitionSource.MetadataName(type))) continue;
            if (IsDefinition(type) && Unusable(type) is { } objection)
            {
                unusable.Add(objection);
                continue;
            }

            if (!IsDefinition(type) || DefinitionSource.Read(type, compilation, cancellation) is not { } text)
            {
                missing.Add(type.ToDisplayString());
                continue;
            }

            found.Add(text);
            foreach (string import in Imports(text.Text))
            {
                if (Named(import, compilation) is { } imported && IsDefinition(imported)) pending.Enqueue(imported);
            }
        }

        return (found.ToImmutable(), missing.ToImmutable(), unusable.ToImmutable());
    }

    /// <summary>Where a definition's bases end. Any other has a text, or else names of its members would be taken for those of imports.</summary>
    static bool IsFoundation(INamedTypeSymbol type) => type.SpecialType == SpecialType.System_Object || type.ToDisplayString() is $"{Namespace}.ModelGraph" or "System.Attribute";

    /// <summary>The classes of the text's leading lines <c>using static Full.Name;</c>.</summary>
    static IEnumerable<string> Imports(string text)
    {
        const string prefix = "using static ";
        return text.Split('\n').TakeWhile(line => line.StartsWith(prefix, StringComparison.Ordinal)).Select(line => line.Substring(prefix.Length).TrimEnd(';').Replace("@", ""));
    }

    /// <summary>The type of a dotted name, whose last parts may be nested types.</summary>
    static INamedTypeSymbol? Named(string name, Compilation compilation)
    {
        for (string candidate = name; ;)
        {
            if (compilation.GetTypeByMetadataName(candidate) is { } type) return type;
            int dot = candidate.LastIndexOf('.');
            if (dot < 0) return null;
            candidate = $"{candidate.Substring(0, dot)}+{candidate.Substring(dot + 1)}";
        }
    }

    public static bool IsDefinition(INamedTypeSymbol type) => Find(type.GetAttributes(), "DefinitionAttribute") is not null;

    public static AttributeData? Find(ImmutableArray<AttributeData> attributes, string name) =>
        attributes.FirstOrDefault(a => a.AttributeClass is { } type && type.Name == name && type.ContainingNamespace.ToDisplayString() == Namespace);
}
