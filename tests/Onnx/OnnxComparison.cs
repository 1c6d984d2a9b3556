using AlbertCompiled.Tests.Numbers;

namespace AlbertCompiled.Tests.Onnx;

/// <summary>A compiled model against its file: the same sequences, packed here and padded there; every token is predicted.</summary>
internal static class OnnxComparison
{
    const double Tolerance = 1e-4;

    /// <summary>What models need to be compared.</summary>
    public static Capacity Capacity { get; } = new(64, 8, 64);

    /// <summary>Compares all outputs of a program for sequences of these lengths.</summary>
    public static void Run(CompiledModel model, string program, OnnxSession session, params int[] lengths)
    {
        var random = new Random(lengths.Length);
        int vocabulary = model.Description.Parameters[0].Rows;
        (int[] Tokens, int[] Segments)[] sequences = [.. lengths.Select(n =>
            (Enumerable.Range(0, n).Select(_ => random.Next(vocabulary)).ToArray(), Enumerable.Range(0, n).Select(i => i < n / 2 ? 0 : 1).ToArray()))];
        var batch = new TokenBatch(Capacity);
        foreach (var (tokens, segments) in sequences) batch.Add(tokens, segments, [.. Enumerable.Range(0, tokens.Length)], new int[tokens.Length], 0);
        var outputs = model.Infer(program, batch);
        var results = session.Run(sequences);
        foreach (var output in outputs.Program.Outputs)
        {
            var rows = outputs[output.Name];
            float[] expected = new float[rows.Count * rows.Columns];
            rows.CopyTo(expected);
            Close.Assert([.. expected.Select(v => (double)v)], results[output.Name], Tolerance, Tolerance, $"{output.Name} of {lengths.Length} sequences");
        }
    }
}
