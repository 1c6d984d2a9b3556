using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AlbertCompiled.Cpu;

/// <summary>Where an output of a program lies.</summary>
/// <param name="data">Its first element.</param>
/// <param name="stride">Floats from one row to the next.</param>
public readonly unsafe struct CpuOutput(float* data, long stride)
{
    /// <summary>The first element.</summary>
    public float* Data { get; } = data;

    /// <summary>Floats from one row to the next.</summary>
    public long Stride { get; } = stride;
}

/// <summary>The base of a generated program: its memory, its threads and the batch it runs on.</summary>
public abstract unsafe class CpuProgram
{
    readonly CpuExecutor executor;
    readonly float* token, sequence, prediction, constant, exactToken, exactSequence, exactPrediction, tokenChunk, sequenceChunk, predictionChunk, exactConstant, band;
    BatchPart part;
    ulong seed;
    long step, version;

    /// <summary>Lays the program's regions out in the executor's arena.</summary>
    protected CpuProgram(CpuExecutor executor, ProgramDescription description)
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
        token = executor.Arena;
        sequence = token + plan.Token * TokenRows;
        prediction = sequence + plan.Sequence * SequenceRows;
        constant = prediction + plan.Prediction * PredictionRows;
        band = constant + plan.Fixed;
        BandRows = plan.Bands?.RowsOf(capacity) ?? 0;
        exactToken = band + BandRows * (plan.Bands?.Elements ?? 0);
        exactSequence = exactToken + plan.ExactToken * TokenRows;
        exactPrediction = exactSequence + plan.ExactSequence * SequenceRows;
        tokenChunk = exactPrediction + plan.ExactPrediction * PredictionRows;
        sequenceChunk = tokenChunk + plan.TokenChunk * TokenChunkRows;
        predictionChunk = sequenceChunk + plan.SequenceChunk * SequenceChunkRows;
        exactConstant = predictionChunk + plan.PredictionChunk * PredictionChunkRows;
    }

    /// <summary>Outputs and memory plan.</summary>
    public ProgramDescription Description { get; }

    /// <summary>The threads.</summary>
    protected ThreadTeam Team => executor.Device.Team;

    /// <summary>The parameter arena.</summary>
    protected float* Values => executor.Values;

    /// <summary>The gradient arena.</summary>
    protected float* Gradients => executor.Gradients;

    /// <summary>True if the weights are not those of the program's last run.</summary>
    protected bool WeightsChanged { get; private set; }

    /// <summary>The batch of this run.</summary>
    protected TokenBatch Batch => part.Batch;

    /// <summary>Tokens of this batch.</summary>
    protected int Tokens => Batch.Tokens.Count;

    /// <summary>Sequences of this batch.</summary>
    protected int Sequences => Batch.First.Count;

    /// <summary>Predicted positions of this batch.</summary>
    protected int Predictions => Batch.Predicted.Count;

    /// <summary>Tokens of the whole batch, of which this may be a part: what means divide by.</summary>
    protected int WholeTokens => part.Whole.Tokens;

    /// <summary>Sequences of the whole batch.</summary>
    protected int WholeSequences => part.Whole.Sequences;

    /// <summary>Predicted positions of the whole batch.</summary>
    protected int WholePredictions => part.Whole.Predictions;

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

    /// <summary>Runs the program on a batch or a part of one.</summary>
    /// <exception cref="InvalidOperationException">Another thread uses the device; nothing was changed.</exception>
    public void Run(in BatchPart part, ulong seed, long step)
    {
        using var turn = executor.Take();
        executor.BeginRun();
        Size = BatchSize.Of(part.Batch);
        (this.part, this.seed, this.step) = (part, seed, part.DropoutStep(step));
        WeightsChanged = version != executor.ValuesVersion;
        Run();
        version = executor.ValuesVersion;
    }

    /// <summary>The generated steps.</summary>
    protected abstract void Run();

    /// <summary>Where output <paramref name="index"/> of the description lies.</summary>
    public abstract CpuOutput Output(int index);

    /// <summary>Zeroes the gradient arena, unless the part adds to those before.</summary>
    protected void ClearGradients()
    {
        if (!part.Adds) Arrays.Clear(Team, Gradients, executor.GradientFloats);
    }

    /// <summary>The sizes of the batch that it ran on last. The batch itself may have been filled anew.</summary>
    internal BatchSize Size { get; private set; }

    /// <summary>A slot of the token region.</summary>
    protected float* TokenSlot(long offset) => token + offset * TokenRows;

    /// <summary>A slot of the sequence region.</summary>
    protected float* SequenceSlot(long offset) => sequence + offset * SequenceRows;

    /// <summary>A slot of the prediction region.</summary>
    protected float* PredictionSlot(long offset) => prediction + offset * PredictionRows;

    /// <summary>A slot of constant size.</summary>
    protected float* FixedSlot(long offset) => constant + offset;

    /// <summary>A slot of values per token.</summary>
    protected float* ExactTokenSlot(long offset) => exactToken + offset * TokenRows;

    /// <summary>A slot of values per sequence.</summary>
    protected float* ExactSequenceSlot(long offset) => exactSequence + offset * SequenceRows;

    /// <summary>A slot of values per prediction.</summary>
    protected float* ExactPredictionSlot(long offset) => exactPrediction + offset * PredictionRows;

    /// <summary>A slot of partial sums over tokens.</summary>
    protected float* TokenChunkSlot(long offset) => tokenChunk + offset * TokenChunkRows;

    /// <summary>A slot of partial sums over sequences.</summary>
    protected float* SequenceChunkSlot(long offset) => sequenceChunk + offset * SequenceChunkRows;

    /// <summary>A slot of partial sums over predictions.</summary>
    protected float* PredictionChunkSlot(long offset) => predictionChunk + offset * PredictionChunkRows;

    /// <summary>A slot of values of the whole model.</summary>
    protected float* ExactFixedSlot(long offset) => exactConstant + offset;

    /// <summary>A slot of what a band of rows has.</summary>
    protected float* BandSlot(long offset) => band + offset * BandRows;

    /// <summary>Memory for a weight in the inner kernel's layout, which all programs share that read the weight so.</summary>
    /// <param name="offset">The weight's place in the parameter arena.</param>
    /// <param name="n">Columns as the product reads them.</param>
    /// <param name="k">Inner dimension.</param>
    /// <param name="transposed">True if the transpose of the weight is packed.</param>
    protected float* Packed<P>(long offset, int n, int k, bool transposed) where P : struct, IPrecision =>
        executor.Packed(offset, n, k, transposed, PackedB.PackedLength<P>(n, k));

    /// <summary>Partial sums of a column sum over <paramref name="rows"/> rows.</summary>
    protected static int Chunks(int rows) => ArenaPlan.ChunkCount(rows);

    /// <summary>The dropout key of a site in an iteration of this step.</summary>
    protected uint DropoutKey(int site, int iteration) => CounterRandom.Key(seed, step, site, iteration);

    /// <summary>The address of a pinned index vector.</summary>
    protected static int* Pointer(Indices indices) => Pointer(indices.Buffer);

    /// <summary>The address of a pinned vector of numbers.</summary>
    protected static float* Pointer(Numbers numbers) => (float*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(numbers.Buffer));

    /// <summary>The address of a pinned array.</summary>
    protected static int* Pointer(ReadOnlySpan<int> pinned) => (int*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(pinned));
}
