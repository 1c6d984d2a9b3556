using AlbertCompiled.Generators.Graph;
using AlbertCompiled.Generators.Lower;
using AlbertCompiled.Generators.Trace;
using AlbertCompiled.Tests.Gpu;
using AlbertCompiled.Tests.Infrastructure;
using AlbertCompiled.Tests.Language;

namespace AlbertCompiled.Tests.Numbers;

/// <summary>Cross entropy over a vocabulary of which a band of rows is kept at a time.</summary>
[Collection(GpuCollection.Name)]
public sealed class BandTests(GpuDevices devices)
{
    const int Vocabulary = 40;

    static readonly Capacity Capacity = new(64, 4, 44);

    // predictions: two bands and a short one, whole bands, less than one, none
    static readonly (int Predictions, int[] Lengths)[] Sizes = [(13, [14, 13, 15]), (16, [16, 18]), (7, [9]), (0, [5, 6]), (17, [17])];

    static TokenBatch Batch(int size) => Batches.Random(20 + size, Vocabulary, Sizes[size].Predictions, Sizes[size].Lengths);

    [Fact]
    public void Losses_and_gradients_are_those_of_the_definition_on_the_processor()
    {
        using var device = CompiledModels.Open("cpu");
        using var twin = new Twin(typeof(BandedTwoLosses), device, Capacity);
        for (int i = 0; i < Sizes.Length; i++)
        {
            twin.CompareTraining(Batch(i));
            twin.CompareInference(Batch(i));
        }
    }

    // where a step is replayed, bands are those of the capacity, and the last ones are empty
    [Theory, OnSimulator, OnEmulator, OnOpenCL, OnCuda]
    public void And_on_devices(string kind)
    {
        using var twin = new Twin(typeof(BandedTwoLosses), devices[kind], Capacity);
        for (int i = 0; i < Sizes.Length; i++) twin.CompareTraining(Batch(i), 2e-5, 5e-6);
    }

    [Theory, OnEmulator, OnCuda]
    public void In_bfloat16_they_are_those_of_whole_columns_to_its_rounding(string kind)
    {
        using var banded = BandedTwoLosses.Create(devices[kind], Capacity, seed: 3, Compute.BFloat16);
        using var whole = WholeTwoLosses.Create(devices[kind], Capacity, seed: 3, Compute.BFloat16);
        for (int i = 0; i < Sizes.Length; i++)
        {
            var expected = whole.ComputeGradients(Batch(i));
            var actual = banded.ComputeGradients(Batch(i));
            foreach (string name in (string[])["loss", "mlm_loss", "mlm_accuracy"]) Assert.Equal(expected[name], actual[name]);
            foreach (var p in whole.Description.Parameters) Close.Assert(Array.ConvertAll(whole.Gradient(p.Name), v => (double)v), banded.Gradient(p.Name), 1e-6, 4e-3, p.Name);
        }
    }

    [Fact]
    public void Training_programs_of_the_zoo_keep_no_logits_of_all_predictions()
    {
        var result = GeneratorHarness.Run(GeneratorHarness.Compilation(File.ReadAllText(Path.Combine(Repository.Root, "models", "Zoo.cs"))));
        var models = result.TrackedSteps["Trace"].Select(s => (TracedModel)s.Outputs.Single().Value).Where(m => m.Program("Pretraining") is not null).ToList();
        Assert.NotEmpty(models);
        foreach (var program in models.SelectMany(m => AlbertCompiled.Generators.Compiler.Lower(m).Programs).Select(p => p.Program))
        {
            bool keeps = program.Plan.Slots.Any(s => s.Shape.Rows == Dim.Predictions && s.Shape.Columns >= 8000);
            Assert.Equal(program.Name == "predict", keeps);     // whose output they are
            if (keeps) continue;
            var band = Assert.Single(program.Steps.OfType<BandStep>());
            var logits = Assert.Single(program.Plan.Slots, s => s.IsBand);
            Assert.InRange(2L * band.Most * logits.Shape.Columns, 24L << 20, 32L << 20);
            Assert.Equal(0, band.Most % 128);
        }
    }

    [Theory]
    [InlineData("var loss = Mean(CrossEntropy(logits, batch.Tokens));", true)]
    [InlineData("var loss = Mean(CrossEntropy(logits * (1 + RowSum(x)), batch.Tokens));", true)]
    [InlineData("var loss = Mean(CrossEntropy(Dropout(logits, 0.1), batch.Tokens));", false)]          // a mask is numbered by the rows of the batch
    [InlineData("var loss = Mean(CrossEntropy(logits - ColumnSum(logits), batch.Tokens));", false)]     // needs all rows before it goes on
    [InlineData("var loss = Mean(CrossEntropy(Rows(logits, batch.First), batch.Order));", false)]       // reads other rows
    [InlineData("var loss = Mean(RowSum(logits * Rows(GroupLogSum(logits, batch.SequenceOf), batch.SequenceOf)));", false)]
    public void A_band_goes_by_rows(string loss, bool banded)
    {
        string source = Compiler.Subject.Source(
            body: $"var x = Rows(table, batch.Tokens); var logits = MatMul(x, wide, transposeB: true); {loss} return new Outputs((\"loss\", loss));",
            fields: Compiler.Subject.Fields + "\n    readonly Tensor wide = Weight(\"wide\", 50, c.Hidden, Initial.Normal(0.02));", model: $"[LogitRows(20)] {Compiler.Subject.Model}");
        var result = GeneratorHarness.Run(GeneratorHarness.Compilation(source));
        Assert.Empty(result.Diagnostics);
        var programs = AlbertCompiled.Generators.Compiler.Lower((TracedModel)result.TrackedSteps["Trace"].Single().Outputs.Single().Value).Programs;
        var band = programs.Single(p => p.Program.Name == "train").Program.Steps.OfType<BandStep>().SingleOrDefault();
        Assert.Equal(banded, band is not null);
        if (band is not null) Assert.Equal((Dim.Tokens, 32), (band.Rows, band.Most));
    }
}
