using System.Reflection;
using AlbertCompiled.Tests.Infrastructure;
using Microsoft.CodeAnalysis;

namespace AlbertCompiled.Tests.Numbers;

/// <summary>Definitions given as text: through the generator and the C# compiler, loaded.</summary>
internal static class InMemory
{
    static readonly MetadataReference Kernels = MetadataReference.CreateFromFile(typeof(ILGPU.Context).Assembly.Location);

    /// <summary>Compiles files into one assembly; whatever the generator or the compiler complains about fails the test.</summary>
    public static Assembly Compile(params string[] sources)
    {
        var compilation = GeneratorHarness.Compilation(sources).AddReferences(Kernels);
        GeneratorHarness.Driver().RunGeneratorsAndUpdateCompilation(compilation, out var generated, out var diagnostics);
        if (Environment.GetEnvironmentVariable("ALBERT_KEEP_SOURCES") is { } folder)
            foreach (var tree in generated.SyntaxTrees) File.WriteAllText(Path.Combine(folder, Path.GetFileName(tree.FilePath)), tree.ToString());
        var errors = diagnostics.Concat(generated.GetDiagnostics()).Where(d => d.Severity == DiagnosticSeverity.Error).DistinctBy(d => d.GetMessage()).Take(20).ToList();
        Assert.True(errors.Count == 0, string.Join("\n", errors.Select(e => $"{e}\n    {Line(e)}")));
        using var image = new MemoryStream();
        Assert.True(generated.Emit(image).Success);
        return Assembly.Load(image.ToArray());
    }

    static string Line(Diagnostic d) => d.Location.SourceTree is { } tree ? tree.GetText().Lines[d.Location.GetLineSpan().StartLinePosition.Line].ToString().Trim() : "";
}
