using System.Collections.Immutable;
using AlbertCompiled.Generators.Emit;
using AlbertCompiled.Tests.Infrastructure;
using Microsoft.CodeAnalysis;

namespace AlbertCompiled.Tests.Compiler;

/// <summary>What several programs of a model have in common is generated once.</summary>
public class SharedKernelsTests
{
    const string Small = "[Albert(Hidden = 16, Heads = 2, Layers = 2, Vocabulary = 50, Embedding = 8, Intermediate = 32";

    [Theory]
    [InlineData("A B C|B D|C E", "B C", "")]
    [InlineData("A B|C D", "", "")]
    [InlineData("A=1|A=2", "", "")]
    [InlineData("A|A|A=2", "A", "2:A")]
    [InlineData("A=1 B|A=2 B|A=2|A=1|A=1", "A=1 B", "1:A 2:A")]         // that of most programs
    [InlineData("A=1|A=2|A=2|A=1", "A=1", "1:A 2:A")]                   // else the first
    [InlineData("C A|X A B C|B", "A B C", "")]                          // in the order of the program that has most
    [InlineData("文|文", "", "")]
    [InlineData("A B", "", "")]
    public void Kernels_of_one_name_and_text(string programs, string shared, string clashes)
    {
        var found = SharedKernels.Of([.. programs.Split('|').Select(p => p.Split(' ').Select(Kernel).ToImmutableArray())]);
        Assert.Equal(shared, string.Join(" ", found.Structs.Select(k => k.Text == k.Name ? k.Name : $"{k.Name}={k.Text}")));
        Assert.Equal(clashes, string.Join(" ", found.Clashes.Select(c => $"{c.Program}:{c.Name}")));
    }

    [Fact]
    public void A_kernel_that_would_hide_a_shared_one_is_called_after_its_program()
    {
        var files = Files($"{Small}, Dropout = 0.1), Pretraining] partial class Model;");
        foreach (string device in (string[])["Cpu", "Gpu"])
        {
            Assert.Contains("struct AttendedLayerNorm(", files[$"Model.{device}Kernels.g.cs"]);
            Assert.Contains("struct AttendedLayerNormTrain(", files[$"Model.{device}Train.Kernels.g.cs"]);
            Assert.DoesNotContain("AttendedLayerNorm(", files[$"Model.{device}Train.Kernels.g.cs"]);
        }

        Assert.Contains("new AttendedLayerNormTrain(", files["Model.CpuTrain.g.cs"]);
        Assert.Contains("attendedLayerNormTrainKernel.Launch(", files["Model.GpuTrain.g.cs"]);
        Assert.Contains("kernel|AttendedLayerNormTrain|", files["Model.Description.g.cs"]);
    }

    [Fact]
    public void A_program_whose_kernels_are_all_shared_has_no_file_of_its_own()
    {
        var files = Files(Subject.Source(
            members: """
                Tensor Order(TokenBatch batch)
                {
                    var order = Linear(Rows(Rows(table, batch.Tokens), batch.First), head);
                    return order;
                }
                public Outputs Prediction(TokenBatch batch) => new Outputs(("order", Order(batch)));
                """,
            body: """return new Outputs(("loss", Mean(CrossEntropy(Order(batch), batch.Order))));"""));
        foreach (string device in (string[])["Cpu", "Gpu"])
        {
            string[] kernels = [$"Model.{device}Evaluate.Kernels.g.cs", $"Model.{device}Kernels.g.cs", $"Model.{device}Train.Kernels.g.cs"];
            Assert.Equal(kernels, files.Keys.Where(name => name.StartsWith($"Model.{device}", StringComparison.Ordinal) && name.EndsWith("Kernels.g.cs", StringComparison.Ordinal)).Order());
        }

        Assert.Contains("class CpuPredict<V, P> : CpuKernels<V> where", files["Model.CpuPredict.g.cs"]);
        Assert.Contains("class GpuPredict<T> : GpuKernels<T> where", files["Model.GpuPredict.g.cs"]);
    }

    [Fact]
    public void A_model_of_one_program_shares_nothing()
    {
        var files = Files($"{Small}), Encoding] partial class Model;");
        Assert.DoesNotContain(files.Keys, name => name.Contains("CpuKernels") || name.Contains("GpuKernels"));
        Assert.Contains("class CpuEncode<V, P> : CpuProgram where", files["Model.CpuEncode.g.cs"]);
        Assert.Contains("class GpuEncode<T> : GpuProgram<T> where", files["Model.GpuEncode.g.cs"]);
    }

    // its name, and its text where that is another word
    static KernelStruct Kernel(string words) => new(words.Split('=')[0], words.Split('=')[^1], []);

    static Dictionary<string, string> Files(string source)
    {
        var compilation = GeneratorHarness.Compilation(source).AddReferences(MetadataReference.CreateFromFile(typeof(ILGPU.Context).Assembly.Location));
        GeneratorHarness.Driver().RunGeneratorsAndUpdateCompilation(compilation, out var generated, out _);
        Assert.DoesNotContain(generated.GetDiagnostics(), d => d.Severity >= DiagnosticSeverity.Warning);       // such as of hidden members
        var again = GeneratorHarness.Run(GeneratorHarness.Compilation(source)).GeneratedSources;
        var files = generated.SyntaxTrees.Where(t => t.FilePath.EndsWith(".g.cs", StringComparison.Ordinal)).ToDictionary(t => Path.GetFileName(t.FilePath), t => t.ToString());
        Assert.Equal(files, again.ToDictionary(s => s.HintName, s => s.SourceText.ToString()));
        return files;
    }
}
