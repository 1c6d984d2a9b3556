using System.Globalization;

namespace AlbertCompiled.Gpu;

/// <summary>What kernels can address: a slot is indexed by int, <c>row * stride + column</c>.</summary>
internal static class SlotLimit
{
    const long Most = int.MaxValue;

    /// <summary>Throws if a model has more parameters than kernels can address, or a capacity makes a slot longer.</summary>
    /// <exception cref="DeviceException">It does; the message names the parameters, or the slot's width and the largest capacity.</exception>
    public static void Check(ModelDescription model, Capacity capacity)
    {
        if (model.ParameterFloats > Most) throw new DeviceException($"{model.Name} has {Count(model.ParameterFloats)} parameters, and a GPU's kernels address {Count(Most)}: choose the device cpu");
        foreach (var program in model.Programs)
        {
            if (program.Arena.Elements(capacity) <= Most && program.Arena.Exact(capacity) <= Most) continue;
            foreach (var slot in ProgramGraph.Parse(program.Graph).Slots) Check(model, slot, capacity);
        }
    }

    static void Check(ModelDescription model, GraphSlot slot, Capacity capacity)
    {
        if (RowsOf(slot) is not var (dimension, rowsOf)) return;
        long width = slot.Units / slot.Entries;
        if (width * rowsOf(capacity[dimension]) <= Most) return;
        int fits = 0, fails = capacity[dimension];
        while (fails - fits > 1)
        {
            int middle = fits + (fails - fits) / 2;
            if (width * rowsOf(middle) <= Most) fits = middle;
            else fails = middle;
        }

        string rows = dimension.ToString().ToLowerInvariant();
        throw new DeviceException(
            $"{model.Name} keeps {Count(width)} numbers for each row of {slot.Name} ({slot.Shape}), and a GPU's kernels address {Count(Most)} of a kind: of the {Count(capacity[dimension])} {rows} no more than {Count(fits)} fit");
    }

    /// <summary>What the rows of a slot's region count, and how many there are for a capacity; null if the model fixes them, or their number stays small.</summary>
    static (Dimension Dimension, Func<int, long> Rows)? RowsOf(GraphSlot slot) => slot.Region switch
    {
        nameof(ArenaPlan.Token) or nameof(ArenaPlan.ExactToken) => (Dimension.Tokens, ArenaPlan.Round),
        nameof(ArenaPlan.Sequence) or nameof(ArenaPlan.ExactSequence) => (Dimension.Sequences, ArenaPlan.Round),
        nameof(ArenaPlan.Prediction) or nameof(ArenaPlan.ExactPrediction) => (Dimension.Predictions, ArenaPlan.Round),
        nameof(ArenaPlan.TokenChunk) => (Dimension.Tokens, ArenaPlan.Chunks),
        nameof(ArenaPlan.SequenceChunk) => (Dimension.Sequences, ArenaPlan.Chunks),
        nameof(ArenaPlan.PredictionChunk) => (Dimension.Predictions, ArenaPlan.Chunks),
        _ => null,
    };

    static string Count(long value) => value.ToString("#,0", CultureInfo.InvariantCulture);
}
