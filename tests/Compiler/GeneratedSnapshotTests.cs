using AlbertCompiled.Tests.Infrastructure;

namespace AlbertCompiled.Tests.Compiler;

/// <summary>Generated code, to be read.</summary>
public class GeneratedSnapshotTests
{
    [Fact]
    public Task Small_ALBERT() => Verifier.Verify(Generate("""
        [Albert(Vocabulary = 50, Embedding = 8, Hidden = 16, Layers = 2, Heads = 2, Intermediate = 32, Positions = 12, Dropout = 0.1, AttentionDropout = 0.1), Pretraining]
        public sealed partial class Small;
        """));

    [Fact]
    public Task Small_encoder() => Verifier.Verify(Generate("""
        [Albert(Vocabulary = 50, Embedding = 8, Hidden = 16, Layers = 2, Heads = 2, Intermediate = 32, Positions = 12, Dropout = 0.1, AttentionDropout = 0.1), Encoding]
        public sealed partial class SmallEncoder;
        """).Where(file => !file.Name!.EndsWith(".Kernels.g", StringComparison.Ordinal) && !file.Name.Contains("Visibility"))); // the kernels of Small_ALBERT

    [Fact]
    public Task Small_answerer() => Verifier.Verify(Generate("""
        [Albert(Vocabulary = 50, Embedding = 8, Hidden = 16, Layers = 2, Heads = 2, Intermediate = 32, Positions = 12), SpanAnswer]
        public sealed partial class SmallAnswerer;
        """).Where(file => new[] { "SmallAnswerer.g", "Inference.g", "Train.g" }.Any(end => file.Name!.EndsWith(end, StringComparison.Ordinal))));

    [Fact]
    public Task ALBERT_base()
    {
        const string Model = "AlbertCompiled.Models.AlbertBase";
        var files = Generate(File.ReadAllText(Path.Combine(Repository.Root, "models", "Zoo.cs"))).ToDictionary(t => t.Name!);
        return Verifier.Verify([files[$"{Model}.CpuTrain.g"], Heading(files[$"{Model}.CpuTrain.Plan.g"])]);
    }

    // the table of the memory plan stands above the code
    static Target Heading(Target file) => file with { Extension = "txt", Data = string.Join("\n", file.Data.Split('\n').TakeWhile(line => line.StartsWith("//", StringComparison.Ordinal))) };

    static IEnumerable<Target> Generate(string source)
    {
        var result = GeneratorHarness.Run(GeneratorHarness.Compilation(source));
        Assert.Empty(result.Diagnostics);
        return result.GeneratedSources.Select(s => new Target("cs", s.SourceText.ToString(), Path.GetFileNameWithoutExtension(s.HintName)));
    }
}
