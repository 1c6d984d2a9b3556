using AlbertCompiled.Cpu;
using AlbertCompiled.Onnx;
using AlbertCompiled.Tests.Numbers;

namespace AlbertCompiled.Tests.Onnx;

/// <summary>Exported models in another runtime, against what they compute themselves: padded there, packed here.</summary>
public sealed class OnnxTests : IDisposable
{
    static readonly Capacity capacity = OnnxComparison.Capacity;

    static readonly Dictionary<string, Func<Device, CompiledModel>> models = new()
    {
        ["shared"] = d => GoldenTiny.Create(d, capacity),
        ["groups"] = d => GoldenGroups.Create(d, capacity),
        ["odd sizes"] = d => GoldenOdd.Create(d, capacity),
        ["shared attention"] = d => GoldenSharedAttention.Create(d, capacity),
        ["shared feed-forward"] = d => GoldenSharedFeedForward.Create(d, capacity),
        ["dropout"] = d => DroppingNone.Create(d, capacity),
        ["exact GELU, no mapping"] = d => UnmappedAlbert.Create(d, capacity),
        ["BERT"] = d => SmallBert.Create(d, capacity),
        ["encoder"] = d => OddEncoder.Create(d, capacity),
        ["all programs"] = d => OddEverything.Create(d, capacity),
        ["BERT, encoder and classifier"] = d => BertEncoderAndClassifier.Create(d, capacity),
        ["answers"] = d => TaskSpans.Create(d, capacity),
        ["tags"] = d => TaskTags.Create(d, capacity),
        ["choices"] = d => TaskChoice.Create(d, capacity),
    };

    readonly TemporaryFolder folder = new();
    readonly CpuDevice device = new(2);

    public static TheoryData<string> Names => [.. models.Keys];

    string Path => folder["model.onnx"];

    public void Dispose()
    {
        device.Dispose();
        folder.Dispose();
    }

    [Theory, MemberData(nameof(Names))]
    public void A_file_computes_what_the_model_computes_for_batches_of_any_shape(string name)
    {
        using var model = models[name](device);
        // biases and norms of a new model are 0 and 1: a fault in them would not show
        var random = new Random(5);
        foreach (var p in model.Description.Parameters.Where(p => p.IsVector))
            model.Parameters.Write(p.Name, [.. model.Parameters.Read(p.Name).Select(v => v + (float)(random.NextDouble() - 0.5))]);
        foreach (var program in model.Description.Programs.Where(p => p.Name is not ("train" or "evaluate")))
        {
            model.ToOnnx(program.Name).Save(Path);
            using var session = new OnnxSession(Path);
            foreach (int[] lengths in (int[][])[[7, 11, 3], [9], [2, 5]]) OnnxComparison.Run(model, program.Name, session, lengths);
        }
    }

    [Fact]
    public void Two_things_of_one_name_are_refused()
    {
        using var model = OddEncoder.Create(device, capacity);
        var weight = model.Description.Parameters.First(p => !p.IsVector);
        foreach (string name in (string[])["input_ids", weight.Name])
        {
            var graph = new OnnxGraph(model.Description, model.Parameters);
            graph.FixedOutput(name, graph.Weight(weight.Name), weight.Rows, weight.Columns);
            Assert.StartsWith($"OddEncoder has two things called {name}, which ONNX could not tell apart", Assert.Throws<OnnxException>(() => graph.Save(Path)).Message);
        }

        Assert.Equal("evaluate has no ONNX form, only programs that infer have; its programs that infer are encode", Assert.Throws<OnnxException>(() => model.ToOnnx("evaluate")).Message);
    }

    [Fact]
    public void The_first_program_that_infers_is_written_unless_one_is_named()
    {
        using var model = OddEverything.Create(device, capacity);
        Assert.Equal(model.ToOnnx("predict").Save(Path), model.ToOnnx().Save(Path));
        Assert.NotEqual(model.ToOnnx("predict").Save(Path), model.ToOnnx("encode").Save(Path));
        using var encoder = OddEncoder.Create(device, capacity);
        Assert.Equal("OddEncoder was compiled without classify; its programs that infer are encode", Assert.Throws<OnnxException>(() => encoder.ToOnnx("classify")).Message);
        Assert.Throws<OnnxException>(() => model.ToOnnx("train"));
    }

    [OnnxCheckerFact]
    public void The_checker_of_the_standard_accepts_the_files()
    {
        using var model = OddEverything.Create(device, capacity);
        foreach (string program in (string[])["predict", "encode", "classify"])
        {
            model.ToOnnx(program).Save(Path);
            OnnxChecker.Check(Path);
        }
    }

    [Fact]
    public void Inputs_and_outputs_have_names_and_open_sizes()
    {
        using var model = GoldenTiny.Create(device, capacity);
        Assert.Equal(model.ToOnnx().Save(Path), new FileInfo(Path).Length);
        using var session = new OnnxSession(Path);
        Assert.Equal(
            ["input_ids [-1, -1]", "attention_mask [-1, -1]", "token_type_ids [-1, -1]", "logits [-1, -1, 512]", "order [-1, 2]", "pooled [-1, 64]", "hidden [-1, -1, 64]"], session.Ports);
    }

    [Fact]
    public void Weights_are_stored_once_however_many_layers_share_them()
    {
        using var shared = GoldenTiny.Create(device, capacity);
        Assert.Equal(shared.Description.ParameterCount * sizeof(float), shared.ToOnnx().Save(Path), 40_000.0);
    }

    [Fact]
    public void A_file_holds_the_weights_of_the_moment_it_is_written()
    {
        using var model = SmallBert.Create(device, capacity);
        var graph = model.ToOnnx();
        graph.Save(Path);
        model.Parameters.Initialize(99);
        graph.Save(Path);
        using var session = new OnnxSession(Path);
        OnnxComparison.Run(model, "predict", session, [4, 6]);
    }

    [Fact]
    public void A_file_that_cannot_be_written_leaves_nothing_behind()
    {
        using var model = GoldenTiny.Create(device, capacity);
        Directory.CreateDirectory(Path);
        Assert.Contains($"cannot write {Path}", Assert.Throws<OnnxException>(() => model.ToOnnx().Save(Path)).Message);
        Assert.Equal([Path], Directory.GetFileSystemEntries(folder.Path));
    }
}
