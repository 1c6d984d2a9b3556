using System.Collections.Immutable;
using AlbertCompiled.Generators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace AlbertCompiled.Tests.Infrastructure;

/// <summary>Runs the generator on sources, against the runtime, as the compiler would.</summary>
static class GeneratorHarness
{
    /// <summary>Options of the sources; the generated ones must parse under them too.</summary>
    public static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.Preview);

    static readonly ImmutableArray<MetadataReference> Platform =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is var name && (name.StartsWith("System.", StringComparison.Ordinal) || name.StartsWith("ILGPU", StringComparison.Ordinal) || name is "mscorlib.dll" or "netstandard.dll"))
            .Select(path => (MetadataReference)MetadataReference.CreateFromFile(path)),
    ];

    /// <summary>The runtime and the language.</summary>
    public static readonly MetadataReference Runtime = MetadataReference.CreateFromFile(typeof(CompiledModel).Assembly.Location);

    /// <summary>The definitions of ALBERT and BERT.</summary>
    public static readonly MetadataReference Models = MetadataReference.CreateFromFile(typeof(AlbertCompiled.Models.AlbertAttribute).Assembly.Location);

    const string Usings = "global using System; global using AlbertCompiled; global using AlbertCompiled.Models;";

    /// <summary>A compilation of files called File0.cs, File1.cs, ...</summary>
    public static CSharpCompilation Compilation(params string[] sources) => CSharpCompilation.Create(
        "Subject",
        sources.Prepend(Usings).Select((text, i) => Parse(text, $"File{i - 1}.cs")),
        [.. Platform, Runtime, Models],
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, allowUnsafe: true));

    /// <summary>A compilation under other settings of its project.</summary>
    public static CSharpCompilation Under(this CSharpCompilation compilation, LanguageVersion version, bool allowUnsafe = true) => compilation
        .WithOptions(compilation.Options.WithAllowUnsafe(allowUnsafe))
        .RemoveAllSyntaxTrees().AddSyntaxTrees(compilation.SyntaxTrees.Select(t => t.WithRootAndOptions(t.GetRoot(), ParseOptions.WithLanguageVersion(version))));

    /// <summary>A compilation with a strong name.</summary>
    public static CSharpCompilation Signed(this CSharpCompilation compilation) =>
        compilation.WithOptions(compilation.Options.WithCryptoPublicKey([.. typeof(object).Assembly.GetName().GetPublicKey()!]));

    public static SyntaxTree Parse(string text, string path) => CSharpSyntaxTree.ParseText(SourceText.From(text, System.Text.Encoding.UTF8), ParseOptions, path);

    /// <summary>A driver that tracks its steps.</summary>
    public static GeneratorDriver Driver(LanguageVersion version = LanguageVersion.Preview) => CSharpGeneratorDriver.Create(
        [new ModelGenerator().AsSourceGenerator()], parseOptions: ParseOptions.WithLanguageVersion(version),
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    /// <summary>The generator's result; fails if it threw.</summary>
    public static GeneratorRunResult Run(Compilation compilation) => Run(Driver(), compilation, out _);

    public static GeneratorRunResult Run(GeneratorDriver driver, Compilation compilation, out GeneratorDriver next)
    {
        next = driver.RunGenerators(compilation);
        var result = Assert.Single(next.GetRunResult().Results);
        Assert.Null(result.Exception);
        return result;
    }

    /// <summary>What a diagnostic points at.</summary>
    public static string Marked(this Diagnostic diagnostic) => diagnostic.Location.SourceTree is { } tree ? tree.GetText().ToString(diagnostic.Location.SourceSpan) : "";
}
