namespace AlbertCompiled.Tests.Compiler;

/// <summary>What a class must be to become a model, and what its own half may hold.</summary>
public class ModelClassDiagnosticsTests
{
    static string Message(string id, string marked) => Assert.Single(Subject.Expect(id, marked)).GetMessage();

    [Theory]
    [InlineData("[Albert, Classification(3), [|SpanAnswer|]]", "A model has one task: it cannot be [Classification] and [SpanAnswer]")]
    [InlineData("[Albert, Pretraining, [|Classification(3)|]]", "write [Classification(…, Training = false)], or train two models")]
    [InlineData("[Albert, Encoding, [|Regression|], Pretraining]", "write [Regression(Training = false)]")]
    public void A_model_has_one_task_and_trains_one_program(string attributes, string why) =>
        Assert.Contains(why, Message("ALB0022", $"{attributes} public sealed partial class Model;"));

    [Theory]
    [InlineData("[Albert, Pretraining] class [|Model|];", "partial")]
    [InlineData("class Outer { [Albert, Pretraining] partial class [|Model|]; }", "top-level")]
    [InlineData("[Albert, Pretraining] partial class [|Model|]<T>;", "type parameters")]
    [InlineData("[Albert, Pretraining] static partial class [|Model|];", "static")]
    [InlineData("[Albert, Pretraining] partial record [|Model|];", "record")]
    [InlineData("[Albert, Pretraining] abstract partial class [|Model|];", "abstract")]
    [InlineData("class Root; [Albert, Pretraining] partial class [|Model|] : Root;", "without a base")]
    [InlineData("[Albert, Pretraining] partial class [|Model|] : object;", "without a base")]
    [InlineData("[Albert, Pretraining] partial class [|Model|]; partial class Model : Object, IDisposable;", "without a base")]
    [InlineData("[Albert, Pretraining] partial class [|Gemm|];", "names a type of the runtime")]
    [InlineData("[Albert, Pretraining] partial class [|Compiled|];", "a member of that name")]
    [InlineData("[Albert, Encoding] partial class [|EncodingResult|];", "a member of that name")]
    public void A_model_is_a_partial_class(string source, string why) => Assert.Contains(why, Message("ALB0007", source));

    [Theory]
    [InlineData("public static int [|Create|] = 3;", "a member 'Create' of its own, which clashes with a method 'Create(AlbertCompiled.Device, AlbertCompiled.Capacity, ulong, AlbertCompiled.Compute?)' that the compiler gives it: rename it")]
    [InlineData("const string [|Compiled|] = \"\";", "a member 'Compiled' of its own, which clashes with the one that the compiler gives it: rename it")]
    [InlineData("readonly int [|Offset|];", "a type 'Offset' that the compiler gives it")]
    [InlineData("event Action? [|Gpu|], [|Cpu|];", "a method")]
    [InlineData("class [|CpuTrain|]<A, B>;", "a type 'CpuTrain' of its own")]
    [InlineData("class [|CpuKernels|]<A>;", "a type 'CpuKernels' of its own, which clashes with the one that the compiler gives it")]
    [InlineData("int [|GpuKernels|];", "which clashes with a type 'GpuKernels'")]
    [InlineData("void [|GpuEncode|]() { }", "a method 'GpuEncode()' of its own, which clashes with a type 'GpuEncode'")]
    [InlineData("enum [|EncodingResult|] { None }", "the one that the compiler gives it")]
    [InlineData("int [|Encode|](TokenBatch batch) => 1;", "a method 'Encode(AlbertCompiled.TokenBatch)'")]
    [InlineData("protected override void [|CheckIndices|](TokenBatch batch) { }", "the one that the compiler gives it")]
    [InlineData("protected override void [|BuildOnnx|](string program, AlbertCompiled.Onnx.OnnxGraph onnx) { }", "the one that the compiler gives it")]
    [InlineData("int [|get_Compiled|]() => 1;", "the one that the compiler gives it")]
    [InlineData("[|Model|](Device d, Capacity c, ulong s, Compute p) : base(Compiled, d, c, s, p) { }", "give it other parameters")]
    [InlineData("int [|Device|] => 1;", "which hides the one of CompiledModel that generated code means: rename it")]
    [InlineData("class [|CheckRange|];", "which hides the one of CompiledModel")]
    [InlineData("[|Model|](int x) { }", "created by Create: it has no constructors of its own")]
    [InlineData("public [|Model|]() => Console.Write(1);", "created by Create")]
    [InlineData("public required int [|Size|] { get; init; }", "without required members: Create does not set 'Size'")]
    public void A_models_own_members_clash_with_none_of_its_other_half(string member, string why)
    {
        foreach (var diagnostic in Subject.Expect("ALB0007", $"[Albert, Pretraining, Encoding] partial class Model {{ int other; }} partial class Model {{ {member} }}")) Assert.Contains(why, diagnostic.GetMessage());
    }

    [Fact]
    public void A_model_has_no_primary_constructor() =>
        Assert.Contains("created by Create", Message("ALB0007", "[Albert] [Pretraining] public sealed partial class [|Model|](int x);"));
}
