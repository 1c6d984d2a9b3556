using AlbertCompiled.Tests.Gpu;
using AlbertCompiled.Tests.Language;
using AlbertCompiled.Tests.Numbers;

namespace AlbertCompiled.Tests.Compiler;

/// <summary>What users call weights and outputs stands in generated code, which compiles and computes whatever that is.</summary>
[Collection(GpuCollection.Name)]
public sealed class UserTextTests(GpuDevices devices)
{
    static readonly Capacity Capacity = new(24, 4);

    static TokenBatch Batch => Batches.Random(7, 10, 0, 5, 9, 3);

    [Theory]
    [InlineData(@"ta\nble")]
    [InlineData(@"a \""table\""")]
    [InlineData(@"</summary>\u2028table")]
    public void A_weight_may_be_called_anything(string name) => Compare(Subject.Source(fields: Subject.Fields.Replace("\"table\"", $"\"{name}\"")));

    [Theory]
    [InlineData(@"lo\nss")]
    [InlineData(@"it \""is\"" <b>")]
    public void An_output_may_be_called_anything(string name) => Compare(Subject.Source(body: Subject.Body.Replace("""("loss", loss)""", $"""("loss", loss), ("{name}", loss * 2.0)""")));

    [Fact]
    public void Weights_that_differ_in_digits_and_underscores_have_offsets_of_their_own()
    {
        string[] names = ["block.0.weight", "block.1.weight", "block.12.weight", "block.weight1", "block.weight_1", "other.weight1"];
        var weights = names.Select((name, i) => $"readonly Tensor w{i} = Weight(\"{name}\", c.Hidden, Initial.One);");
        Compare(Subject.Source(
            fields: $"{Subject.Fields}\n{string.Join("\n", weights)}",
            body: Subject.Body.Replace("batch.Tokens);", $"batch.Tokens) * {string.Join(" * ", names.Select((_, i) => $"w{i}"))};")));
    }

    [Theory, OnSimulator, OnEmulator, OnOpenCL]
    public void Attentions_of_one_program_may_differ_in_heads(string kind)
    {
        string text = Subject.Source(
            fields: $"""
                {Subject.Fields}
                readonly LinearLayer one = new(Weight("one.weight", 3 * c.Hidden, c.Hidden, Initial.Normal(0.2)), Weight("one.bias", 3 * c.Hidden, Initial.Zero));
                readonly LinearLayer two = new(Weight("two.weight", 3 * c.Hidden, c.Hidden, Initial.Normal(0.2)), Weight("two.bias", 3 * c.Hidden, Initial.Zero));
                """,
            body: Subject.Body.Replace("Rows(table, batch.Tokens)", "Attention(Linear(Attention(Linear(Rows(table, batch.Tokens), one), 6, batch, 0.0), two), 1, batch, 0.0)"));
        using var twin = new Twin(InMemory.Compile(text).GetType("Model")!, devices[kind], Capacity);
        twin.CompareTraining(Batch, 2e-5, 5e-6);
    }

    static void Compare(string text)
    {
        using var device = CompiledModels.Open("cpu");
        using var twin = new Twin(InMemory.Compile(text).GetType("Model")!, device, Capacity);
        twin.CompareTraining(Batch);
    }
}
