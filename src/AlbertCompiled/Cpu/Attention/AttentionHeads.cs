namespace AlbertCompiled.Cpu;

/// <summary>What both passes of attention know: where the heads' queries, keys and values lie, and the dropout.</summary>
readonly unsafe struct AttentionHeads
{
    readonly float* qkv;
    readonly long stride;
    readonly int* starts;
    readonly uint key;

    public AttentionHeads(float* qkv, long stride, int* starts, int sequences, int heads, int headSize, uint key, double dropout)
    {
        this.qkv = qkv;
        this.stride = stride;
        this.starts = starts;
        this.key = key;
        Sequences = sequences;
        Heads = heads;
        HeadSize = headSize;
        Scale = (float)(1 / Math.Sqrt(headSize));
        Drops = dropout > 0;
        Threshold = CounterRandom.Threshold(dropout);
        KeepScale = (float)(1 / (1 - dropout));
    }

    public int Sequences { get; }

    public int Heads { get; }

    public int HeadSize { get; }

    /// <summary>Columns of q, of k and of v.</summary>
    public int Width => Heads * HeadSize;

    /// <summary>1/√headSize.</summary>
    public float Scale { get; }

    /// <summary>True if there is dropout.</summary>
    public bool Drops { get; }

    /// <summary>Dropout's threshold.</summary>
    public uint Threshold { get; }

    /// <summary>What dropout multiplies a kept probability by.</summary>
    public float KeepScale { get; }

    /// <summary>First row of a sequence.</summary>
    public int Start(int sequence) => starts[sequence];

    /// <summary>Tokens of a sequence.</summary>
    public int Length(int sequence) => starts[sequence + 1] - starts[sequence];

    /// <summary>First column of a head.</summary>
    public int Column(int head) => head * HeadSize;

    /// <summary>A head's queries (0), keys (1) or values (2) from a row of the batch on: [length, headSize].</summary>
    public Matrix Part(int part, int row, int head) => new(qkv + row * stride + part * Width + Column(head), stride);

    /// <summary>
    /// Asks for some queries (0), keys (1) or values (2) of the head that this thread should come to next: rows too far apart for the processor to guess.
    /// A few at a time, between products: more requests than the processor keeps in flight would hold up what follows.
    /// </summary>
    /// <param name="part">The part that is computed now.</param>
    /// <param name="matrix">Which of the three.</param>
    /// <param name="row">First row within the sequence, of a strip.</param>
    public void Ahead(int part, int matrix, int row) => Ahead(part, row, qkv + matrix * Width, stride);

    /// <summary>Asks for the same rows and columns of a matrix [tokens, <see cref="Width"/>].</summary>
    public void Ahead(int part, int row, float* data, long dataStride)
    {
        int sequence = (part + 1) / Heads;
        if (sequence >= Sequences) return;
        data += Start(sequence) * dataStride + Column((part + 1) % Heads);
        for (int last = Math.Min(row + MicroKernel.Rows, Length(sequence)); row < last; row++)
            for (int c = 0; c < HeadSize; c += Simd.LineFloats) Simd.PrefetchFar(data + row * dataStride + c);
    }

    /// <summary>Dropout's key of a row of probabilities.</summary>
    public uint RowKey(int row, int head) => CounterRandom.RowKey(key, row * Heads + head);

    /// <summary>What a pass costs.</summary>
    /// <param name="products">Products of the size of one sequence's scores.</param>
    /// <param name="matrices">Matrices [tokens, <see cref="Width"/>] read and written.</param>
    public JobCost Cost(int products, int matrices)
    {
        double pairs = 0;
        for (int s = 0; s < Sequences; s++) pairs += (double)Length(s) * Length(s);
        return new(2.0 * products * pairs * Width, (double)matrices * starts[Sequences] * Width * sizeof(float));
    }

    /// <summary>The largest value that a function of the sequences' lengths takes.</summary>
    public long Largest(delegate*<int, int, long> floats)
    {
        long largest = 0;
        for (int s = 0; s < Sequences; s++) largest = Math.Max(largest, floats(Length(s), HeadSize));
        return largest;
    }
}
