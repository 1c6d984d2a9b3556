using ILGPU;
using ILGPU.Runtime;

namespace AlbertCompiled.Gpu;

/// <summary>The base of a generated program: its memory, its device and the batch it runs on.</summary>
/// <typeparam name="T">How activations are kept.</typeparam>
public abstract class GpuProgram<T> where T : unmanaged, IElement<T>
{
    readonly GpuExecutor<T> executor;
    readonly long token, sequence, prediction, constant;
    readonly long exactToken, exactSequence, exactPrediction, tokenChunk, sequenceChunk, predictionChunk, exactConstant, band;
    bool tilesListed, adds;

    /// <summary>Lays the program's regions out in the executor's arenas.</summary>
    protected GpuProgram(GpuExecutor<T> executor, ProgramDescription description)
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
        constant = prediction + plan.Prediction * PredictionRows;
        band = constant + plan.Fixed;
        BandRows = plan.Bands?.RowsOf(capacity) ?? 0;
        exactToken = 0;
        exactSequence = exactToken + plan.ExactToken * TokenRows;
        exactPrediction = exactSequence + plan.ExactSequence * SequenceRows;
        tokenChunk = exactPrediction + plan.ExactPrediction * PredictionRows;
        sequenceChunk = tokenChunk + plan.TokenChunk * TokenChunkRows;
        predictionChunk = sequenceChunk + plan.SequenceChunk * SequenceChunkRows;
        exactConstant = predictionChunk + plan.PredictionChunk * PredictionChunkRows;
    }

    /// <summary>Outputs and memory plan.</summary>
    public ProgramDescription Description { get; }

    /// <summary>The device: kernels are made for it.</summary>
    protected GpuDevice Device => executor.Device;

    /// <summary>The batch of this run, in device memory.</summary>
    protected GpuBatch Batch => executor.Batch;

    /// <summary>Tokens of the batch.</summary>
    protected Extent Tokens => Batch.TokenExtent;

    /// <summary>Sequences of the batch.</summary>
    protected Extent Sequences => Batch.SequenceExtent;

    /// <summary>Predicted positions of the batch.</summary>
    protected Extent Predictions => Batch.PredictionExtent;

    /// <summary>Tokens of the whole batch, of which this may be a part: what means divide by.</summary>
    protected Extent WholeTokens => Batch.WholeTokenExtent;

    /// <summary>Sequences of the whole batch.</summary>
    protected Extent WholeSequences => Batch.WholeSequenceExtent;

    /// <summary>Predicted positions of the whole batch.</summary>
    protected Extent WholePredictions => Batch.WholePredictionExtent;

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

    /// <summary>Rows of the region of bands.</summary>
    protected long BandRows { get; }

    /// <summary>Queues the program for a batch that the executor has copied to the device.</summary>
    /// <param name="adds">Gradients are added to those of the parts before.</param>
    internal void Queue(bool adds)
    {
        (this.adds, tilesListed) = (adds, false);
        Run();
    }

    /// <summary>The generated steps.</summary>
    protected abstract void Run();

    /// <summary>Where output <paramref name="index"/> of the description lies.</summary>
    public abstract GpuOutput<T> Output(int index);

    internal int CountOf(Dimension dimension) => dimension switch
    {
        Dimension.Tokens => Batch.TokenCount,
        Dimension.Sequences => Batch.SequenceCount,
        _ => Batch.PredictionCount,
    };

    /// <summary>A slot of the token region.</summary>
    protected ArrayView<T> TokenSlot(long offset) => Element(token + offset * TokenRows);

    /// <summary>A slot of the sequence region.</summary>
    protected ArrayView<T> SequenceSlot(long offset) => Element(sequence + offset * SequenceRows);

    /// <summary>A slot of the prediction region.</summary>
    protected ArrayView<T> PredictionSlot(long offset) => Element(prediction + offset * PredictionRows);

    /// <summary>A slot of constant size.</summary>
    protected ArrayView<T> FixedSlot(long offset) => Element(constant + offset);

    /// <summary>A slot of values per token.</summary>
    protected ArrayView<float> ExactTokenSlot(long offset) => Exact(exactToken + offset * TokenRows);

    /// <summary>A slot of values per sequence.</summary>
    protected ArrayView<float> ExactSequenceSlot(long offset) => Exact(exactSequence + offset * SequenceRows);

    /// <summary>A slot of values per prediction.</summary>
    protected ArrayView<float> ExactPredictionSlot(long offset) => Exact(exactPrediction + offset * PredictionRows);

    /// <summary>A slot of partial sums over tokens.</summary>
    protected ArrayView<float> TokenChunkSlot(long offset) => Exact(tokenChunk + offset * TokenChunkRows);

    /// <summary>A slot of partial sums over sequences.</summary>
    protected ArrayView<float> SequenceChunkSlot(long offset) => Exact(sequenceChunk + offset * SequenceChunkRows);

    /// <summary>A slot of partial sums over predictions.</summary>
    protected ArrayView<float> PredictionChunkSlot(long offset) => Exact(predictionChunk + offset * PredictionChunkRows);

    /// <summary>A slot of values of the whole model.</summary>
    protected ArrayView<float> ExactFixedSlot(long offset) => Exact(exactConstant + offset);

    /// <summary>A slot of what a band of rows has.</summary>
    protected ArrayView<T> BandSlot(long offset) => Element(band + offset * BandRows);

    /// <summary>The parameter arena from a float on.</summary>
    protected ArrayView<float> Value(long offset) => From(executor.Values, offset);

    /// <summary>The parameter arena from an element on, as products read it.</summary>
    protected ArrayView<T> Weight(long offset) => From(executor.Weights, offset);

    /// <summary>The gradient arena from a float on.</summary>
    protected ArrayView<float> Gradient(long offset) => From(executor.Gradients, offset);

    /// <summary>What follows the first <paramref name="offset"/> elements of a view.</summary>
    protected static ArrayView<E> From<E>(ArrayView<E> view, long offset) where E : unmanaged => view.SubView(offset, view.Length - offset);

    /// <summary>Memory outside the plan, such as what <see cref="AttentionBackward{T}"/> asks for.</summary>
    protected ArrayView<float> Scratch(long floats) => executor.AllocateScratch(floats);

    /// <summary>Leaves memory to be freed with the program's own.</summary>
    protected void Own(MemoryBuffer memory) => executor.Own(memory);

    /// <summary>Zeroes the gradient arena, unless the part adds to those before.</summary>
    protected void ClearGradients()
    {
        if (!adds) Device.Clear(executor.Gradients);
    }

    /// <summary>Zeroes a slot of so many rows.</summary>
    protected void Clear(ArrayView<T> view, int stride, Extent rows) => Device.Clear(view.SubView(0, (long)stride * rows.Most));

    /// <summary>The dropout key of a site in an iteration of the running step.</summary>
    protected DropoutKey DropoutKey(int site, int iteration) => new(executor.RunState, site, iteration);

    /// <summary>The arguments of attention over this batch.</summary>
    /// <param name="queryKeyValue">[tokens, 3·hidden].</param>
    /// <param name="heads">Heads.</param>
    /// <param name="headSize">Columns of a head.</param>
    /// <param name="key">The dropout key; unused without dropout.</param>
    /// <param name="probability">Of dropping a weight.</param>
    protected AttentionArguments<T> Attention(Operand<T> queryKeyValue, int heads, int headSize, DropoutKey key = default, double probability = 0) => new()
    {
        QueryKeyValue = queryKeyValue,
        Tiles = AttentionTiles(),
        Heads = heads,
        HeadSize = headSize,
        Key = key,
        Threshold = CounterRandom.Threshold(probability),
        KeepScale = (float)(1 / (1 - probability)),
    };

    /// <summary>The tiles of this batch's sequences, listed where a run first asks for them.</summary>
    AttentionTiles AttentionTiles()
    {
        if (!tilesListed) Batch.ListTiles();
        tilesListed = true;
        return Batch.Tiles;
    }

    ArrayView<T> Element(long offset) => From(executor.Elements, offset);

    ArrayView<float> Exact(long offset) => From(executor.Exact, offset);
}
