using System.Collections.Immutable;

namespace AlbertCompiled;

/// <summary>One named parameter and its place in the parameter arena.</summary>
/// <param name="Name">The checkpoint's name for it.</param>
/// <param name="Rows">Rows; 1 for a vector.</param>
/// <param name="Columns">Columns.</param>
/// <param name="IsVector">Stored as a one-dimensional tensor; neither decays nor adapts (biases, LayerNorm).</param>
/// <param name="Offset">First float in the parameter arena; rows follow each other without a gap.</param>
/// <param name="Initial">How it starts.</param>
public sealed record ParameterInfo(string Name, int Rows, int Columns, bool IsVector, long Offset, Initial Initial)
{
    /// <summary>Number of floats.</summary>
    public long Length => (long)Rows * Columns;
}

/// <summary>A result of a program, readable after it ran.</summary>
/// <param name="Name">Its name in the definition.</param>
/// <param name="Rows">The dimension of its rows; null if the model fixes them.</param>
/// <param name="Columns">Columns.</param>
/// <param name="ConstantRows">Rows where the batch does not bring them.</param>
public sealed record OutputInfo(string Name, Dimension? Rows, int Columns, int ConstantRows = 1)
{
    /// <summary>One number.</summary>
    public bool IsScalar => Rows is null && ConstantRows == 1 && Columns == 1;
}

/// <summary>
/// The size of an arena as a linear function of the capacity: elements per row of each dimension, elements per chunk of
/// <see cref="ChunkRows"/> rows (partial column sums), and fixed parts. The first four regions hold activations, in whatever precision the
/// program keeps them; the others are float32 in every precision.
/// </summary>
public sealed record ArenaPlan(
    long Token, long Sequence, long Prediction, long Fixed,
    long ExactToken, long ExactSequence, long ExactPrediction, long TokenChunk, long SequenceChunk, long PredictionChunk, long ExactFixed)
{
    /// <summary>Rows per chunk of a row kernel: the fixed grain of parallel work and of partial sums.</summary>
    public const int ChunkRows = 16;

    /// <summary>Rows are rounded up to this, so that every slot starts on a 64-byte boundary.</summary>
    public static long Round(int rows) => (rows + 15L) & ~15L;

    /// <summary>Chunks of so many rows.</summary>
    internal static int ChunkCount(int rows) => (rows + ChunkRows - 1) / ChunkRows;

    /// <summary>Chunks of a capacity of <paramref name="rows"/>, rounded up to 16.</summary>
    public static long Chunks(int rows) => Round(ChunkCount(rows));

    /// <summary>What is kept for a band of rows at a time; null if nothing is.</summary>
    public BandPlan? Bands { get; init; }

    /// <summary>Activations for a capacity.</summary>
    public long Elements(Capacity c) =>
        Token * Round(c.Tokens) + Sequence * Round(c.Sequences) + Prediction * Round(c.Predictions) + Fixed + (Bands is { } b ? b.Elements * b.RowsOf(c) : 0);

    /// <summary>What is float32 in every precision, for a capacity.</summary>
    public long Exact(Capacity c) =>
        ExactToken * Round(c.Tokens) + ExactSequence * Round(c.Sequences) + ExactPrediction * Round(c.Predictions) +
        TokenChunk * Chunks(c.Tokens) + SequenceChunk * Chunks(c.Sequences) + PredictionChunk * Chunks(c.Predictions) + ExactFixed;

    /// <summary>Floats for a capacity where activations are float32.</summary>
    public long Floats(Capacity capacity) => Elements(capacity) + Exact(capacity);

    /// <summary>Bytes for a capacity.</summary>
    /// <param name="capacity">The largest batch.</param>
    /// <param name="elementBytes">Bytes of an activation.</param>
    public long Bytes(Capacity capacity, int elementBytes = sizeof(float)) => Elements(capacity) * elementBytes + Exact(capacity) * sizeof(float);
}

/// <summary>The part of an arena that holds wide values, such as logits over a vocabulary, for a band of rows at a time.</summary>
/// <param name="Of">What the rows are.</param>
/// <param name="Most">Rows of a band at most.</param>
/// <param name="Elements">Activations for a row of a band.</param>
public sealed record BandPlan(Dimension Of, int Most, long Elements)
{
    /// <summary>Rows of a band for a capacity: no more than there can be.</summary>
    public int RowsOf(Capacity capacity) => (int)Math.Min(Most, ArenaPlan.Round(capacity[Of]));
}

/// <summary>A compiled program: "train" (forward and backward), "evaluate" (forward), or inference: "predict", "encode", "classify", ….</summary>
/// <param name="Name">Its name.</param>
/// <param name="Arena">Its memory plan.</param>
/// <param name="FlopsPerToken">Matrix FLOPs per token, attention's scores left out (they depend on the sequence length).</param>
/// <param name="FlopsPerSequence">Matrix FLOPs per sequence.</param>
/// <param name="FlopsPerPrediction">Matrix FLOPs per predicted position.</param>
/// <param name="FlopsPerTokenPair">Attention FLOPs per pair of tokens of one sequence.</param>
/// <param name="Outputs">What can be read after a run, scalars first.</param>
public sealed record ProgramDescription(
    string Name, ArenaPlan Arena, double FlopsPerToken, double FlopsPerSequence, double FlopsPerPrediction, double FlopsPerTokenPair, ImmutableArray<OutputInfo> Outputs)
{
    /// <summary>Kernels and slots as <see cref="ProgramGraph.Parse"/> reads them: text, which costs nothing until somebody looks at it.</summary>
    public string Graph { get; init; } = "";

    /// <summary>The place of an output among <see cref="Outputs"/>.</summary>
    /// <exception cref="KeyNotFoundException">There is none of this name.</exception>
    internal int IndexOf(string output)
    {
        for (int i = 0; i < Outputs.Length; i++)
            if (Outputs[i].Name == output) return i;
        throw new KeyNotFoundException($"the program {Name} has no output {output}");
    }

    /// <summary>Outputs that are one number: the first ones.</summary>
    public int ScalarCount
    {
        get
        {
            int count = 0;
            while (count < Outputs.Length && Outputs[count].IsScalar) count++;
            return count;
        }
    }
}

/// <summary>What the compiler knows about a model: generated beside it.</summary>
/// <param name="Name">Type name.</param>
/// <param name="Configuration">The architecture attribute as written, one name=value per property, defaults included.</param>
/// <param name="Parameters">All parameters in arena order.</param>
/// <param name="ParameterFloats">Length of the parameter arena in floats, alignment included.</param>
/// <param name="Programs">The compiled programs.</param>
/// <param name="Optimizer">The optimizer that the model declares.</param>
/// <param name="Precision">The precision that the model declares.</param>
/// <param name="PlanTable">The memory plan as a text table.</param>
public sealed record ModelDescription(
    string Name, ImmutableArray<(string Name, string Value)> Configuration, ImmutableArray<ParameterInfo> Parameters, long ParameterFloats,
    ImmutableArray<ProgramDescription> Programs, Optimizer Optimizer, Compute Precision, string PlanTable)
{
    /// <summary>Full name of the architecture attribute's class.</summary>
    public string Architecture { get; init; } = "";

    /// <summary>The labels of the task that the model is trained for; <see cref="LabelKind.None"/> where it is none of the attributes for tasks.</summary>
    public LabelKind LearnsFrom { get; init; }

    /// <summary>Number of trainable scalars.</summary>
    public long ParameterCount => Parameters.Sum(p => p.Length);

    /// <summary>True if the model was compiled for training: it has gradients and moments.</summary>
    public bool Trains => Program("train") is not null;

    /// <summary>Arenas of <see cref="ParameterFloats"/> that an instance allocates.</summary>
    public int ParameterArenas => Trains ? Enum.GetValues<ParameterState>().Length : 1;

    /// <summary>Bytes of those arenas: weights and, for training, gradients and moments.</summary>
    internal long ParameterBytes => ParameterArenas * ParameterFloats * sizeof(float);

    /// <summary>The program called <paramref name="name"/>, or null.</summary>
    public ProgramDescription? Program(string name)
    {
        foreach (var program in Programs)
            if (program.Name == name) return program;
        return null;
    }

    internal InvalidOperationException WithoutTraining(string consequence) =>
        new($"{Name} {consequence}: it is compiled for inference alone; add [Pretraining] or a task that trains to its declaration");
}
