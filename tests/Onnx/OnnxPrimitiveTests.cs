using AlbertCompiled.Onnx;
using AlbertCompiled.Tests.Numbers;

namespace AlbertCompiled.Tests.Onnx;

/// <summary>Every operation of the language in a definition of its own: exported and run, or refused with a reason.</summary>
public sealed class OnnxPrimitiveTests(PrimitiveTests.Compiled compiled) : IClassFixture<PrimitiveTests.Compiled>
{
    // what ONNX cannot know
    static readonly (string Part, string Reason)[] refused =
    [
        ("batch.SequenceOf", "reads batch.SequenceOf"), ("batch.Targets", "reads batch.Targets"),
        ("batch.Labels", "reads batch.Labels"), ("batch.Order", "reads batch.Order"), ("RowCount(p)", "counts the predictions"),
        ("MatMul(x, x, transposeA", "multiplies over all tokens"), ("MatMul(x, MatMul(x, w), transposeA", "multiplies over all tokens"),
        ("MatMul(p, MatMul(p, w), transposeA", "multiplies over all predictions"), ("MatMul(MatMul(s, w), s, transposeA", "multiplies over all sequences"),
        ("KeepMask(x, 0.5)", "is a dropout mask"),
    ];

    public static TheoryData<string> Cases => PrimitiveTests.Cases;

    [Theory, MemberData(nameof(Cases))]
    public void Values_are_those_of_the_compiled_model(string expression)
    {
        using var folder = new TemporaryFolder();
        using var model = new Twin(compiled.Models[expression], compiled.Device, OnnxComparison.Capacity).Model;
        if (refused.FirstOrDefault(r => expression.Contains(r.Part)) is { Reason: { } reason })
        {
            Assert.Contains(reason, Assert.Throws<OnnxException>(() => model.ToOnnx()).Message);
            return;
        }

        model.ToOnnx().Save(folder["model.onnx"]);
        using var session = new OnnxSession(folder["model.onnx"]);
        OnnxComparison.Run(model, "predict", session, 5, 9, 1, 7, 12);
        OnnxComparison.Run(model, "predict", session, 3);
    }
}
