using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>The base of a generated program: its memory, its device and the batch it runs on.</summary>
public abstract class GpuProgram
{
    readonly GpuExecutor executor;
    readonly long token, sequence, prediction, tokenChunk, sequenceChunk, predictionChunk, constant;
    ulong seed;
    long step;

    /// <summary>Lays the program's regions out in the executor's arena.</summary>
    protected GpuProgram(GpuExecutor executor, ProgramDescription description)
    {
        this.executor = executor;
        Description = description;
        var (plan, capacity) = (description.Arena, executor.Model.Capacity);
        TokenRows = ArenaPlan.Round(capacity.Tokens);
        SequenceRows = ArenaPlan.Round(capacity.Sequences);
        PredictionRows = ArenaPlan.Round(capacity.Predictions);
        TokenChunkRows = ArenaPlan.Chunks(capacity.Tokens);
        SequenceChunkRows = ArenaPlan.Chunks(capacity.Sequences);
        PredictionChunkRows = ArenaPlan.Chunks(capacity.Predictions);
        token = 0;
        sequence = token + plan.Token * TokenRows;
        prediction = sequence + plan.Sequence * SequenceRows;
        tokenChunk = prediction + plan.Prediction * PredictionRows;
        sequenceChunk = tokenChunk + plan.TokenChunk * TokenChunkRows;
        predictionChunk = sequenceChunk + plan.SequenceChunk * SequenceChunkRows;
        constant = predictionChunk + plan.PredictionChunk * PredictionChunkRows;
    }

    /// <summary>Outputs and memory plan.</summary>
    public ProgramDescription Description { get; }

    /// <summary>The device: kernels are made for it.</summary>
    protected GpuDevice Device => executor.Device;

    /// <summary>The batch of this run, in device memory.</summary>
    protected GpuBatch Batch => executor.Batch;

    /// <summary>Tokens of this batch.</summary>
    protected int Tokens => Batch.TokenCount;

    /// <summary>Sequences of this batch.</summary>
    protected int Sequences => Batch.SequenceCount;

    /// <summary>Predicted positions of this batch.</summary>
    protected int Predictions => Batch.PredictionCount;

    /// <summary>Rows of the token region: the capacity, rounded up.</summary>
    protected long TokenRows { get; }

    /// <summary>Rows of the sequence region.</summary>
    protected long SequenceRows { get; }

    /// <summary>Rows of the prediction region.</summary>
    protected long PredictionRows { get; }

    /// <summary>Rows of the region of partial sums over tokens.</summary>
    protected long TokenChunkRows { get; }

    /// <summary>Rows of the region of partial sums over sequences.</summary>
    protected long SequenceChunkRows { get; }

    /// <summary>Rows of the region of partial sums over predictions.</summary>
    protected long PredictionChunkRows { get; }

    /// <summary>Queues the program for a batch that the executor has copied to the device.</summary>
    public void Run(ulong seed, long step)
    {
        (this.seed, this.step) = (seed, step);
        Run();
    }

    /// <summary>The generated steps.</summary>
    protected abstract void Run();

    /// <summary>Where output <paramref name="index"/> of the description lies.</summary>
    public abstract Operand Output(int index);

    internal int CountOf(Dimension dimension) => dimension switch
    {
        Dimension.Tokens => Tokens,
        Dimension.Sequences => Sequences,
        _ => Predictions,
    };

    /// <summary>A slot of the token region.</summary>
    protected ArrayView<float> Token(long offset) => At(token + offset * TokenRows);

    /// <summary>A slot of the sequence region.</summary>
    protected ArrayView<float> Sequence(long offset) => At(sequence + offset * SequenceRows);

    /// <summary>A slot of the prediction region.</summary>
    protected ArrayView<float> Prediction(long offset) => At(prediction + offset * PredictionRows);

    /// <summary>A slot of partial sums over tokens.</summary>
    protected ArrayView<float> TokenChunk(long offset) => At(tokenChunk + offset * TokenChunkRows);

    /// <summary>A slot of partial sums over sequences.</summary>
    protected ArrayView<float> SequenceChunk(long offset) => At(sequenceChunk + offset * SequenceChunkRows);

    /// <summary>A slot of partial sums over predictions.</summary>
    protected ArrayView<float> PredictionChunk(long offset) => At(predictionChunk + offset * PredictionChunkRows);

    /// <summary>A slot of constant size.</summary>
    protected ArrayView<float> Fixed(long offset) => At(constant + offset);

    /// <summary>The parameter arena from a float on.</summary>
    protected ArrayView<float> Value(long offset) => From(executor.Values, offset);

    /// <summary>The gradient arena from a float on.</summary>
    protected ArrayView<float> Gradient(long offset) => From(executor.Gradients, offset);

    /// <summary>What follows the first <paramref name="offset"/> floats of a view.</summary>
    protected static ArrayView<float> From(ArrayView<float> view, long offset) => view.SubView(offset, view.Length - offset);

    /// <summary>Memory outside the plan, such as what <see cref="AttentionBackward"/> asks for.</summary>
    protected ArrayView<float> Scratch(long floats) => executor.AllocateScratch(floats);

    /// <summary>Zeroes the gradient arena.</summary>
    protected void ClearGradients() => Device.Clear(executor.Gradients);

    /// <summary>Zeroes the first floats of a view.</summary>
    protected void Clear(ArrayView<float> view, long length) => Device.Clear(view.SubView(0, length));

    /// <summary>Partial sums of a column sum over <paramref name="rows"/> rows.</summary>
    protected static int Chunks(int rows) => (rows + ArenaPlan.ChunkRows - 1) / ArenaPlan.ChunkRows;

    /// <summary>The dropout key of a site in an iteration of this step.</summary>
    protected uint DropoutKey(int site, int iteration) => CounterRandom.Key(seed, step, site, iteration);

    /// <summary>The arguments of attention over this batch.</summary>
    /// <param name="queryKeyValue">[tokens, 3·hidden].</param>
    /// <param name="heads">Heads.</param>
    /// <param name="headSize">Columns of a head.</param>
    /// <param name="key">The dropout key; unused without dropout.</param>
    /// <param name="probability">Of dropping a weight.</param>
    protected AttentionArguments Attention(Operand queryKeyValue, int heads, int headSize, uint key = 0, double probability = 0) => new()
    {
        QueryKeyValue = queryKeyValue,
        Starts = Batch.Starts,
        Sequences = Sequences,
        Longest = Batch.Longest,
        Heads = heads,
        HeadSize = headSize,
        Key = key,
        Threshold = CounterRandom.Threshold(probability),
        KeepScale = (float)(1 / (1 - probability)),
    };

    ArrayView<float> At(long offset) => From(executor.Arena, offset);
}
