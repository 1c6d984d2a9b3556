using AlbertCompiled.Cpu;
using AlbertCompiled.Tests.Language;

namespace AlbertCompiled.Tests.Numbers;

/// <summary>Mistakes of a caller end in an exception that says which, never in memory that is not the model's.</summary>
public sealed class RefusalTests
{
    static readonly Capacity Capacity = new(61, 7, 19);
    static readonly OptimizerSettings Settings = new(Optimizer.Lamb, 0.01f);

    static TokenBatch Batch => Batches.Random(7, 37, 2, 5, 9);

    public static TheoryData<string> Devices => ["cpu", "ilgpu-cpu"];

    [Theory, MemberData(nameof(Devices))]
    public void A_disposed_model_does_nothing(string kind)
    {
        using var device = CompiledModels.Open(kind);
        var model = OddNone.Create(device, Capacity);
        var batch = Batch;
        model.TrainStep(batch, Settings);
        model.Infer("predict", batch);
        var executor = model.Executor;
        model.Dispose();
        model.Dispose();
        Action[] uses =
        [
            () => model.TrainStep(batch, Settings), () => model.ComputeGradients(batch), () => model.Evaluate(batch), () => model.Predict(batch), () => model.Infer("predict", batch),
            () => model.ReadOutput("logits", new float[2000]), () => _ = model.ArenaBytes, () => executor.Rows("predict", 0), () => executor.Infer("predict", batch),
            () => model.Parameters.Read("albert.pooler.bias"), () => model.Parameters.Write("albert.pooler.bias", new float[21]), () => model.Parameters.Update(Settings, 1),
        ];
        foreach (var use in uses) Assert.Throws<ObjectDisposedException>(use);
    }

    [Fact]
    public void A_model_without_its_parameters_does_nothing()
    {
        using var device = CompiledModels.Open("cpu");
        using var model = OddNone.Create(device, Capacity);
        model.Predict(Batch);
        model.Parameters.Dispose();
        Assert.Throws<ObjectDisposedException>(() => model.Predict(Batch));
    }

    [Theory, MemberData(nameof(Devices))]
    public void Outputs_are_those_of_the_last_run(string kind)
    {
        using var device = CompiledModels.Open(kind);
        using var model = OddNone.Create(device, Capacity);
        var batch = new TokenBatch(new(400, 40, 200));
        Told("OddNone has no outputs of predict: it has not run");
        Fill(1);
        model.Predict(batch);
        // the batch is the caller's again: what can be read is what was computed
        Fill(30);
        var logits = new float[37];
        Assert.Equal(1, model.ReadOutput("logits", logits));
        Fill(2);
        model.ComputeGradients(batch);
        Told("OddNone has no outputs of predict: train has run since");

        void Fill(int sequences)
        {
            batch.Clear();
            for (int i = 0; i < sequences; i++) batch.Add([2, 5, 3], [0, 0, 0], [1], [7], 0);
        }

        void Told(string expected) => Assert.Equal(expected, Assert.Throws<InvalidOperationException>(() => model.ReadOutput("logits", new float[2000])).Message);
    }

    [Theory, MemberData(nameof(Devices))]
    public void Parameters_end_where_they_end(string kind)
    {
        using var device = CompiledModels.Open(kind);
        using var model = OddNone.Create(device, Capacity);
        var set = model.Parameters;
        set.Write(ParameterState.Value, set.Length, []);
        set.Read(ParameterState.Value, set.Length - 1, new float[1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => set.Read("albert.pooler.bias", (ParameterState)9));
        Assert.Throws<ArgumentOutOfRangeException>(() => set.Write("albert.pooler.bias", new float[21], (ParameterState)(-1)));
        foreach (long offset in (ReadOnlySpan<long>)[-1, set.Length, long.MaxValue, long.MinValue])
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => set.Write(ParameterState.Value, offset, [1f]));
            Assert.Throws<ArgumentOutOfRangeException>(() => set.Read(ParameterState.Value, offset, new float[1]));
        }
    }

    [Theory, MemberData(nameof(Devices))]
    public void Settings_that_make_no_sense_change_nothing(string kind)
    {
        using var device = CompiledModels.Open(kind);
        using var model = OddNone.Create(device, Capacity);
        float[] before = model.Parameters.Read("albert.pooler.bias");
        OptimizerSettings[] wrong =
        [
            Settings with { Beta1 = float.NaN }, Settings with { Beta2 = 1 }, Settings with { Beta1 = -0.1f }, Settings with { LearningRate = float.PositiveInfinity }, Settings with { Epsilon = -1 }, Settings with { Epsilon = 0 }, default,
            Settings with { WeightDecay = float.NaN }, Settings with { ClipNorm = -1 }, Settings with { Optimizer = (Optimizer)7 },
        ];
        foreach (var settings in wrong)
        {
            Assert.Throws<ArgumentException>(() => model.TrainStep(Batch, settings));
            Assert.Throws<ArgumentException>(() => model.Parameters.Update(settings, 1));
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => model.Parameters.Update(Settings, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Step = -1);
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Step = 1L << 40);
        Assert.Equal("Beta1 is NaN; it must be at least 0 and below 1", Assert.Throws<ArgumentException>(() => model.TrainStep(Batch, wrong[0])).Message);
        Assert.Equal(0, model.Step);
        Assert.Equal(before, model.Parameters.Read("albert.pooler.bias"));
    }

    [Fact]
    public void What_an_initializer_leaves_out_has_its_default()
    {
        Assert.Equal(new(Optimizer.Lamb, 0.1f), new OptimizerSettings { Optimizer = Optimizer.Lamb, LearningRate = 0.1f });
        Assert.Equal(new(30, -1), new AnswerOptions { Segment = -1 });
    }

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(1, 0, 1)]
    [InlineData(1, 1, -1)]
    [InlineData(-100, -5, -3)]
    public void A_model_has_room_for_a_token(int tokens, int sequences, int predictions)
    {
        using var device = CompiledModels.Open("cpu");
        Assert.StartsWith("a model needs room for a token and a sequence at least", Assert.Throws<ArgumentException>(() => OddNone.Create(device, new(tokens, sequences, predictions))).Message);
    }

    [Fact]
    public void A_second_thread_is_refused_before_anything_is_changed()
    {
        using var device = new CpuDevice(2);
        using OddNone model = OddNone.Create(device, Capacity), other = OddNone.Create(device, Capacity);
        var batch = Batch;
        model.Predict(batch);
        float[] before = model.Output("logits", batch);
        Exception? thrown = null, disposing = null, creating = null;
        var set = new List<Exception?>();
        using (device.Team.Take())
        {
            var thread = new Thread(() =>
            {
                set.AddRange(((Action[])
                [
                    () => model.Parameters.Read("albert.pooler.bias"), () => model.Parameters.Write("albert.pooler.bias", new float[21]), () => model.Parameters.Initialize(1),
                    () => model.ReadOutput("logits", new float[2000]),
                ]).Select(Record.Exception));
                thrown = Record.Exception(() => model.TrainStep(Batches.Random(8, 37, 1, 3), Settings));
                creating = Record.Exception(() => other.Predict(batch));
                disposing = Record.Exception(model.Dispose);
            });
            thread.Start();
            thread.Join();
        }

        Assert.Equal($"cpu ({device.Name}) computes for another thread: use a device from one thread at a time", Assert.IsType<InvalidOperationException>(thrown).Message);
        Assert.IsType<InvalidOperationException>(creating);
        Assert.All(set, e => Assert.IsType<InvalidOperationException>(e));
        Assert.IsType<InvalidOperationException>(disposing);
        Assert.Equal(0, model.Step);
        Assert.Equal(before, model.Output("logits", batch));
        other.Predict(batch);
    }

    [Fact]
    public void A_model_may_outlive_its_device_to_be_disposed_of()
    {
        var device = new CpuDevice(2);
        var model = OddNone.Create(device, Capacity);
        model.Predict(Batch);
        float[] before = model.Parameters.Read("albert.pooler.bias");
        device.Dispose();
        Assert.Equal(device.GetType().FullName, Assert.Throws<ObjectDisposedException>(() => OddNone.Create(device, Capacity)).ObjectName);
        Assert.Equal($"cpu ({device.Name})", Assert.Throws<ObjectDisposedException>(() => model.Predict(Batch)).ObjectName);
        Assert.Equal(before, model.Parameters.Read("albert.pooler.bias"));
        model.Dispose();
        Assert.Throws<ObjectDisposedException>(() => model.Parameters.Initialize(1));
    }

    [Fact]
    public void Outputs_that_no_span_holds_are_refused()
    {
        var capacity = new Capacity(300_000, 300_000, 300_000);
        using var model = FakeModel.Create(FakeModel.Describe(), capacity);
        var batch = new TokenBatch(capacity);
        for (int i = 0; i < capacity.Sequences; i++) batch.Add([2], [0], [0], [7], 0);
        Assert.Equal("logits would have 300000 × 8000 numbers, more than can be read at once: take smaller batches", Assert.Throws<BatchException>(() => model.Predict(batch)).Message);
    }

    [Fact]
    public void An_output_that_a_program_lacks_is_named()
    {
        using var model = FakeModel.Create(FakeModel.Describe(), Capacity);
        var batch = Batch;
        Assert.Equal("the program train has no scalar output perplexity", Assert.Throws<KeyNotFoundException>(() => _ = model.TrainStep(batch, Settings).Outputs["perplexity"]).Message);
    }

    [Fact]
    public void A_sequence_that_cannot_be_leaves_the_batch_alone()
    {
        var batch = new TokenBatch(Capacity);
        batch.Add([2, 5, 3], [0, 0, 0], [1], [7], 0);
        Told("a sequence of no tokens", () => batch.Add([], []));
        Told("tokens and segments, predicted and labels must have the same length", () => batch.Add([2, 5, 3], [0, 0]));
        Told("tokens and segments, predicted and labels must have the same length", () => batch.Add([2, 5, 3], [0, 0, 0], [1, 2], [7], 0));
        Told($"a sequence of 59 tokens and 0 predictions does not fit into what is left of {Capacity}", () => batch.Add(new int[59], new int[59]));
        Told($"a sequence of 20 tokens and 19 predictions does not fit into what is left of {Capacity}", () => batch.Add(new int[20], new int[20], new int[19], new int[19], 0));
        Told("position 3 is to be predicted in a sequence of 3 tokens", () => batch.Add([2, 5, 3], [0, 0, 0], [1, 3], [7, 7], 0));
        Told("position -1 is to be predicted in a sequence of 3 tokens", () => batch.Add([2, 5, 3], [0, 0, 0], [-1], [7], 0));
        Told("the batch has labels of Add, and cannot have labels of AddLabelled too: clear it first", () => batch.AddLabelled([2, 3], [0, 0], 1));
        Told("the batch has labels of Add, and cannot have labels of AddTagged too: clear it first", () => batch.AddTagged([2, 3], [0, 0], [0, -100]));
        Told("the batch has labels of Add, and cannot have labels of AddRated too: clear it first", () => batch.AddRated([2, 3], [0, 0], 1));
        Told("the batch has labels of Add, and cannot have labels of AddAnswered too: clear it first", () => batch.AddAnswered([2, 3], [0, 0], 0, 1));
        Told("the batch has labels of Add, and cannot have labels of Ask too: clear it first", () => batch.Ask(1, 0));
        Told("an answer from 2 to 1 ends before it starts", () => new TokenBatch(Capacity).AddAnswered([2, 5, 3], [0, 0, 0], 2, 1));
        Assert.False(batch.Fits(int.MaxValue, 0));
        Assert.False(batch.Fits(1, int.MaxValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.Fits(-5, 0));
        Assert.Equal((3, 1, 1, LabelKind.Pieces), (batch.Tokens.Count, batch.First.Count, batch.Predicted.Count, batch.LabelKind));
        Assert.Equal([0, 3], batch.Starts.ToArray());

        static void Told(string expected, Action action) => Assert.Equal(expected, Assert.Throws<ArgumentException>(action).Message);
    }
}
