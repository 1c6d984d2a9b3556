using AlbertCompiled.Cpu;
using AlbertCompiled.Models;
using AlbertCompiled.Tests.Cpu;
using AlbertCompiled.Tests.Language;

namespace AlbertCompiled.Tests.Numbers;

/// <summary>Programs of inference: what they compute, and what a model that has nothing else lacks.</summary>
[Collection(CompiledAllocationTests.Name)]
public class InferenceTests
{
    const int Vocabulary = 37;

    static readonly Capacity Capacity = new(61, 7, 0);

    public static TheoryData<Type, string, string> Programs => new()
    {
        { typeof(OddEncoder), "encode", "Encoding" },
        { typeof(OddEverything), "encode", "Encoding" },
        { typeof(OddEverything), "classify", "Classification" },
        { typeof(OddClassifier), "classify", "Classification" },
        { typeof(BertEncoderAndClassifier), "encode", "Encoding" },
        { typeof(BertEncoderAndClassifier), "classify", "Classification" },
        { typeof(Averaging), "encode", "Encoding" },
    };

    [Theory, MemberData(nameof(Programs))]
    public void Outputs_are_those_of_the_definition(Type type, string program, string method)
    {
        using var device = CompiledModels.Open("cpu");
        using var twin = new Twin(type, device, Capacity);
        twin.CompareProgram(program, method, Batches.Random(7, Vocabulary, 0, 5, 12, 1, 8, 11));
        twin.CompareProgram(program, method, Batches.Random(8, Vocabulary, 0, 6, 2)); // smaller than what came before, in every dimension
        twin.CompareProgram(program, method, Batches.Random(9, Vocabulary, 0, 1));
    }

    [Fact]
    public void A_model_with_all_programs_still_trains()
    {
        using var device = CompiledModels.Open("cpu");
        using var twin = new Twin(typeof(OddEverything), device, new Capacity(61, 7, 19));
        Assert.Equal(["train", "evaluate", "predict", "encode", "classify"], twin.Model.Description.Programs.Select(p => p.Name));
        var batch = Batches.Random(7, Vocabulary, 3, 5, 12, 1, 8, 11);
        twin.CompareTraining(batch);
        twin.CompareInference(batch);
        twin.CompareProgram("encode", "Encoding", batch);
    }

    [Fact]
    public void Products_are_rounded_where_declared()
    {
        using var device = CompiledModels.Open("cpu");
        using RoundingEncoder rounded = RoundingEncoder.Create(device, Capacity), exact = RoundingEncoder.Create(device, Capacity, precision: Compute.Float32);
        var batch = Batches.Random(7, Vocabulary, 0, 5, 12, 1, 8, 11);
        float[] expected = exact.Encode(batch).Hidden.ToArray(), actual = rounded.Encode(batch).Hidden.ToArray();
        Assert.NotEqual(expected, actual);
        Close.Assert([.. expected.Select(v => (double)v)], actual, 0, 0.05, "hidden");
    }

    [Fact]
    public void Results_of_a_run_are_refused_after_the_next_and_after_disposal()
    {
        using var device = CompiledModels.Open("cpu");
        using OddEncoder model = OddEncoder.Create(device, Capacity), other = OddEncoder.Create(device, Capacity);
        var batch = Batches.Random(7, Vocabulary, 0, 5, 12);
        var first = model.Encode(batch).Hidden;
        other.Encode(batch);
        Assert.False(IsRefused(first));
        var second = model.Encode(batch).Hidden;
        Assert.True(IsRefused(first));
        Assert.False(IsRefused(second));
        model.Dispose();
        Assert.True(IsRefused(second));

        static bool IsRefused(OutputRows rows)
        {
            try
            {
                _ = rows[0];
                rows.CopyTo(new float[rows.Count * rows.Columns]);
                return false;
            }
            catch (InvalidOperationException e)
            {
                Assert.Contains("OddEncoder has run again or was disposed of", e.Message);
                return true;
            }
        }
    }

    [Fact]
    public void Losses_and_outputs_by_name_are_refused_after_the_next_run_too()
    {
        using var device = CompiledModels.Open("cpu");
        using var model = OddNone.Create(device, Capacity with { Predictions = 8 });
        var batch = Batches.Random(7, Vocabulary, 3, 5, 12);
        var settings = new OptimizerSettings(Optimizer.AdamW, 1e-3f);
        var step = model.TrainStep(batch, settings);
        float loss = step.Loss;
        var evaluated = model.Evaluate(batch);
        Assert.NotEqual(loss, evaluated.Loss);
        string?[] refusals = [null, null, null];
        try { _ = step.Loss; } catch (InvalidOperationException e) { refusals[0] = e.Message; }
        try { _ = step.GradientNorm; } catch (InvalidOperationException e) { refusals[1] = e.Message; }

        var predicted = model.Infer("predict", batch);
        model.Infer("predict", Batches.Random(8, Vocabulary, 3, 4));
        try { _ = predicted[0]; } catch (InvalidOperationException e) { refusals[2] = e.Message; }
        Assert.All(refusals, message => Assert.Contains("OddNone has run again or was disposed of", message));
    }

    [Fact]
    public void Results_are_typed_and_lie_where_they_were_computed()
    {
        using var device = CompiledModels.Open("cpu");
        using var model = OddEncoder.Create(device, Capacity);
        var batch = new TokenBatch(Capacity);
        batch.Add([2, 17, 3], [0, 0, 1]);
        batch.Add([2, 3], [0, 0]);
        var result = model.Encode(batch);
        Assert.Equal((5, 21, 2, 21), (result.Hidden.Count, result.Hidden.Columns, result.Pooled.Count, result.Pooled.Columns));
        Assert.Equal(21, result.Hidden[4].Length);
        Assert.True(result.Hidden[1].Overlaps(model.Infer("encode", batch)["hidden"][1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Infer("encode", batch)["hidden"][5].Length);
        Assert.Throws<ArgumentException>(() => model.Infer("encode", batch)["pooled"].CopyTo(new float[41]));
        Assert.Throws<KeyNotFoundException>(() => model.Infer("encode", batch)["logits"].Count);
    }

    [Fact]
    public void Names_of_outputs_become_properties()
    {
        using var device = CompiledModels.Open("cpu");
        using var model = Averaging.Create(device, Capacity);
        var result = model.Encode(Batches.Random(7, Vocabulary, 0, 3, 4));
        double moment = 0;
        foreach (float value in result.ToString2[0]) moment += value * value;
        Assert.Equal(moment, result.Value2ndMoment[0][0], 1e-5);
    }

    [Fact]
    public void Encoding_and_classifying_allocate_nothing()
    {
        using var device = new CpuDevice(2);
        using var encoder = OddEncoder.Create(device, Capacity);
        using var classifier = OddClassifier.Create(device, Capacity);
        var batch = Batches.Random(7, Vocabulary, 0, 5, 12, 1);
        float sum = 0;
        Assert.Equal(0, Allocations.Of(device.Team, () =>
        {
            var encoded = encoder.Encode(batch);
            sum += encoded.Hidden[0][0] + encoded.Pooled[2][20] + classifier.Classify(batch).Logits[1][4];
        }));
    }

    [Fact]
    public void Weights_written_or_trained_between_two_runs_are_those_of_the_second()
    {
        using var device = CompiledModels.Open("cpu");
        var capacity = Capacity with { Predictions = 9 };
        using var model = OddEverything.Create(device, capacity, seed: 1);
        using var fresh = OddEverything.Create(device, capacity, seed: 2);
        var batch = Batches.Random(7, Vocabulary, 3, 5, 12, 1);
        model.Encode(batch);
        model.Parameters.Initialize(2);
        Assert.Equal(fresh.Encode(batch).Hidden.ToArray(), model.Encode(batch).Hidden.ToArray());
        model.TrainStep(batch, new OptimizerSettings(Optimizer.AdamW, 0.1f));
        using var trained = OddEncoder.Create(device, capacity);
        foreach (var p in trained.Description.Parameters) trained.Parameters.Write(p.Name, model.Parameters.Read(p.Name));
        Assert.Equal(trained.Encode(batch).Hidden.ToArray(), model.Encode(batch).Hidden.ToArray());
    }

    [Fact]
    public void A_model_has_the_weights_that_its_programs_read()
    {
        var all = OddNone.Compiled.Parameters;
        Assert.Equal(all.Where(p => p.Name.StartsWith("albert.", StringComparison.Ordinal)).Select(p => p.Name), OddEncoder.Compiled.Parameters.Select(p => p.Name));
        Assert.Equal([.. OddEncoder.Compiled.Parameters.Select(p => p.Name), "classifier.weight", "classifier.bias"], OddClassifier.Compiled.Parameters.Select(p => p.Name));
        Assert.Equal([.. all.Select(p => p.Name), "classifier.weight", "classifier.bias"], OddEverything.Compiled.Parameters.Select(p => p.Name));
        Assert.Equal((5, 21), (OddClassifier.Compiled.Parameters[^2].Rows, OddClassifier.Compiled.Parameters[^2].Columns));
        Assert.Equal(["word"], Averaging.Compiled.Parameters.Select(p => p.Name));
        Assert.Contains(("Labels", "5"), OddClassifier.Compiled.Configuration);
        Assert.DoesNotContain(OddEncoder.Compiled.Configuration, c => c.Name == "Labels");
        Assert.Equal(AlbertBase.Compiled.ParameterCount - AlbertBaseEncoder.Compiled.ParameterCount, AlbertBase.Compiled.Parameters.Where(p => !p.Name.StartsWith("albert.", StringComparison.Ordinal)).Sum(p => p.Length));
    }

    [Fact]
    public void A_model_that_does_not_train_plans_and_allocates_nothing_for_it()
    {
        Assert.Equal((true, 4), (OddNone.Compiled.Trains, OddNone.Compiled.ParameterArenas));
        Assert.Equal((false, 1), (OddEncoder.Compiled.Trains, OddEncoder.Compiled.ParameterArenas));
        var encode = Assert.Single(OddEncoder.Compiled.Programs);
        var train = OddNone.Compiled.Program("train")!;
        Assert.Equal((0, 0, 0, 0), (encode.Arena.Prediction, encode.Arena.TokenChunk, encode.Arena.SequenceChunk, encode.Arena.PredictionChunk)); // no partial sums of gradients
        Assert.True(encode.Arena.Token < train.Arena.Token);
        Assert.DoesNotContain(typeof(OddEncoder).GetNestedTypes(System.Reflection.BindingFlags.NonPublic), t => t.Name.Contains("Train") || t.Name.Contains("Evaluate"));
        using var device = CompiledModels.Open("cpu");
        using var model = OddEncoder.Create(device, Capacity);
        Assert.Equal(encode.Arena.Bytes(Capacity), model.ArenaBytes);
    }

    [Theory]
    [InlineData("cpu")]
    [InlineData("ilgpu-cpu")]
    public void What_a_model_was_not_compiled_for_is_told_in_one_line(string kind)
    {
        using var device = CompiledModels.Open(kind);
        using var encoder = OddEncoder.Create(device, Capacity);
        using var trained = OddNone.Create(device, new(61, 7));
        var batch = Batches.Random(7, Vocabulary, 0, 5);
        const string Why = ": it is compiled for inference alone; add [Pretraining] or a task that trains to its declaration";
        Told($"OddEncoder has no gradients{Why}", () => encoder.TrainStep(batch, new(Optimizer.AdamW, 0.1f)));
        Told($"OddEncoder has no gradients{Why}", () => encoder.ComputeGradients(batch));
        Told($"OddEncoder has no loss to evaluate{Why}", () => encoder.Evaluate(batch));
        Told($"OddEncoder has no Gradient{Why}", () => encoder.Parameters.Read("albert.pooler.bias", ParameterState.Gradient));
        Told($"OddEncoder has no FirstMoment{Why}", () => encoder.Parameters.Write("albert.pooler.bias", new float[21], ParameterState.FirstMoment));
        Assert.Throws<InvalidOperationException>(() => encoder.Parameters.Update(new(Optimizer.AdamW, 0.1f), 1));
        Told("OddEncoder has no program predict; declare it [Pretraining], and give its definition a method Prediction(TokenBatch)", () => encoder.Predict(batch));
        Told("OddNone has no inference program encode; its programs are train, evaluate, predict", () => trained.Infer("encode", batch));
        Assert.Throws<InvalidOperationException>(() => trained.Infer("train", batch));
        Assert.Equal("the batch has 15 predictions, the model was created for 0", Assert.Throws<BatchException>(() => encoder.Encode(Batches.Random(7, Vocabulary, 3, 5, 5, 5, 5, 5))).Message);

        static void Told(string expected, Action action) => Assert.Equal(expected, Assert.Throws<InvalidOperationException>(action).Message);
    }
}
