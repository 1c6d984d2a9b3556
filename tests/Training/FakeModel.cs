using AlbertCompiled.Onnx;

namespace AlbertCompiled.Tests;

/// <summary>A model small enough to follow by hand: the loss is half the mean square of the rows of a table that a batch names. It learns by Adam.</summary>
internal sealed class FakeModel : CompiledModel
{
    readonly FakeExecutor executor;

    FakeModel(ModelDescription description, Device device, Capacity capacity, ulong seed, long nanAt, Compute precision) : base(description, device, capacity, seed, precision) =>
        executor = new(this, nanAt);

    /// <summary>Called before every training step with the number of steps done.</summary>
    public Action<long>? BeforeStep
    {
        get => executor.BeforeStep;
        set => executor.BeforeStep = value;
    }

    /// <summary>What it reaches on every batch, in place of shares that follow from the batch's size.</summary>
    public (float Mlm, float Sop)? Accuracies
    {
        get => executor.Accuracies;
        set => executor.Accuracies = value;
    }

    protected override ModelExecutor CreateExecutor() => executor;

    protected override void BuildOnnx(string program, OnnxGraph onnx)
    {
        if (Description.Program(program) is null) base.BuildOnnx(program, onnx);
        onnx.TokenOutput("rows", onnx.Gather(onnx.Weight("word.weight"), onnx.Tokens), Description.Parameters[0].Columns);
        onnx.FixedOutput("order", onnx.Weight("order.bias"), 1, 2);
    }

    protected override void CheckIndices(TokenBatch batch) => CheckRange(batch.Tokens, Description.Parameters[0].Rows, "token");

    public static ModelDescription Describe(string name = "Fake", int vocabulary = 8000, int positions = 128, int columns = 2) => new(
        name, [("Vocabulary", $"{vocabulary}"), ("Positions", $"{positions}")],
        [
            new("word.weight", vocabulary, columns, false, 0, Initial.Normal(1)),
            new("order.bias", 1, 2, true, (long)vocabulary * columns, Initial.One),
        ],
        (long)vocabulary * columns + 2,
        [
            Program("train", Scalars), Program("evaluate", Scalars),
            Program("predict", [new("logits", Dimension.Predictions, vocabulary)]),
        ],
        Optimizer.AdamW, Compute.Float32, "slot  floats\nx     2 per token");

    /// <param name="nanAt">The step, counted from 0, whose loss is no number.</param>
    public static FakeModel Create(ModelDescription description, Capacity capacity, ulong seed = 42, long nanAt = -1, Compute precision = Compute.Float32) =>
        new(description, new FakeDevice(), capacity, seed, nanAt, precision);

    static OutputInfo[] Scalars => [.. new[] { "loss", "mlm_loss", "sop_loss", "mlm_accuracy", "sop_accuracy" }.Select(n => new OutputInfo(n, null, 1))];

    static ProgramDescription Program(string name, OutputInfo[] outputs) => new(name, new(2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 16), 10, 20, 30, 1, [.. outputs]);

    sealed class FakeExecutor(FakeModel model, long nanAt) : ModelExecutor(model)
    {
        readonly float[] scalars = new float[5], before = new float[5];
        readonly ProgramDescription training = model.Description.Program("train")!;
        int predictions;

        public Action<long>? BeforeStep { get; set; }

        public (float Mlm, float Sop)? Accuracies { get; set; }

        public override long ArenaBytes => 0;

        float[] Values => ((FakeParameters)model.Parameters).Arena(ParameterState.Value);

        public override void Train(in BatchPart part, ulong seed, long step)
        {
            if (!part.Adds) BeforeStep?.Invoke(step);
            var (batch, whole, _) = part;
            var gradient = ((FakeParameters)model.Parameters).Arena(ParameterState.Gradient);
            if (!part.Adds) Array.Clear(gradient);
            scalars.CopyTo(before, 0);
            Measure(batch, whole);
            if (part.Adds)
                for (int i = 0; i < scalars.Length; i++) scalars[i] += before[i];
            int columns = Description.Parameters[0].Columns;
            foreach (int token in batch.Tokens.Span)
                for (int c = 0; c < columns; c++) gradient[token * columns + c] += Values[token * columns + c] / whole.Tokens;
            float share = (float)batch.First.Count / whole.Sequences;
            for (int i = 0; i < 2; i++) gradient[^(i + 1)] += share * Values[^(i + 1)];
            if (step == nanAt) scalars[0] = float.NaN;
        }

        public override void Evaluate(TokenBatch batch) => Measure(batch, BatchSize.Of(batch));

        void Measure(TokenBatch batch, BatchSize whole)
        {
            int columns = Description.Parameters[0].Columns;
            double sum = 0;
            foreach (int token in batch.Tokens.Span)
                for (int c = 0; c < columns; c++) sum += 0.5 * Values[token * columns + c] * Values[token * columns + c];
            scalars[1] = (float)(sum / whole.Tokens);
            scalars[2] = 0.5f * batch.First.Count / whole.Sequences * (Values[^1] * Values[^1] + Values[^2] * Values[^2]);
            scalars[0] = scalars[1] + scalars[2];
            (scalars[3], scalars[4]) = Accuracies ?? (1f / Math.Max(1, whole.Predictions), 1f / whole.Sequences);
        }

        public override void Infer(string program, TokenBatch batch) => predictions = batch.Predicted.Count;

        public override OutputRows Rows(string program, int output)
        {
            int vocabulary = Description.Parameters[0].Rows;
            var values = new float[predictions * vocabulary];
            return new(values, ReadOutput(program, "logits", values), vocabulary, vocabulary);
        }

        public override ScalarOutputs Scalars(string program) => new(training, scalars, this); // both programs have the same outputs

        // prediction i prefers piece 100 + i
        public override int ReadOutput(string program, string name, Span<float> destination)
        {
            int vocabulary = Description.Parameters[0].Rows;
            for (int i = 0; i < predictions; i++)
                for (int v = 0; v < vocabulary; v++) destination[i * vocabulary + v] = v == 100 + i ? 20 : v == 7 ? 19 : 0;
            return predictions;
        }

        public override void Dispose()
        {
        }
    }
}

internal sealed class FakeDevice : Device
{
    public override string Kind => "fake";

    public override string Name => "a device of the tests";

    public override bool Computes(Compute precision) => true;

    public override ParameterSet CreateParameters(ModelDescription description) => new FakeParameters(description);

    public override void Dispose()
    {
    }
}

internal sealed class FakeParameters(ModelDescription description) : ParameterSet(description)
{
    readonly float[][] arenas = [.. Enum.GetValues<ParameterState>().Select(_ => new float[description.ParameterFloats])];

    /// <summary>Called before values are read.</summary>
    public Action<ParameterState>? BeforeRead { get; set; }

    public float[] Arena(ParameterState state) => arenas[(int)state];

    public override void Read(ParameterState state, long offset, Span<float> destination)
    {
        BeforeRead?.Invoke(state);
        Arena(state).AsSpan((int)offset, destination.Length).CopyTo(destination);
    }

    public override void Write(ParameterState state, long offset, ReadOnlySpan<float> source) => source.CopyTo(Arena(state).AsSpan((int)offset));

    public override float Update(in OptimizerSettings s, long step)
    {
        double norm = 0;
        for (int i = 0; i < Length; i++)
        {
            float g = Arena(ParameterState.Gradient)[i];
            norm += g * g;
            float m = Arena(ParameterState.FirstMoment)[i] = s.Beta1 * Arena(ParameterState.FirstMoment)[i] + (1 - s.Beta1) * g;
            float v = Arena(ParameterState.SecondMoment)[i] = s.Beta2 * Arena(ParameterState.SecondMoment)[i] + (1 - s.Beta2) * g * g;
            Arena(ParameterState.Value)[i] -= s.LearningRate * m / (MathF.Sqrt(v) + s.Epsilon);
        }

        return (float)Math.Sqrt(norm);
    }

    public override void Dispose()
    {
    }
}
