using AlbertCompiled.Gpu;
using ILGPU;
using ILGPU.Runtime;

namespace AlbertCompiled.Bench;

/// <summary>What is neither matrix product nor attention in a training step: each form beside a copy of as many bytes.</summary>
/// <typeparam name="T">How activations are kept.</typeparam>
/// <param name="device">The device.</param>
/// <param name="runs">Launches of a series.</param>
/// <param name="copy">Bytes a second that a copy reads and writes.</param>
internal sealed class RowBenchmark<T>(GpuDevice device, int runs, double copy) where T : unmanaged, IElement<T>
{
    const int Hidden = 768, Expanded = 4 * Hidden, Padded = Expanded + 16, Vocabulary = 30000, Parameters = 11_700_000;

    readonly int size = Interop.SizeOf<T>();

    public void Run(int tokens)
    {
        Console.WriteLine($"{"rows",-40} {"rows",7} {"columns",8} {"µs",9} {"GB/s",7} {"% of copy",10}");
        int chunks = (tokens + ArenaPlan.ChunkRows - 1) / ArenaPlan.ChunkRows;
        using var x = DeviceClock.Random<T>(device, (long)tokens * Padded);
        using var y = DeviceClock.Random<T>(device, (long)tokens * Hidden);
        using var result = device.Allocate<T>((long)tokens * Hidden);
        using var scale = device.Allocate<float>(Expanded);
        using var target = device.Allocate<float>(Expanded);
        using var sums = device.Allocate<float>(tokens);
        using var squares = device.Allocate<float>(tokens);
        using var partials = device.Allocate<float>((long)chunks * Expanded);
        ArrayView<T> wide = x.View, rows = y.View, written = result.View;
        ArrayView<float> first = partials.View.SubView(0, chunks * Hidden), second = partials.View.SubView(chunks * Hidden, chunks * Hidden), third = partials.View.SubView(2 * chunks * Hidden, chunks * Hidden);
        double row = (double)tokens * Hidden * size, partial = (double)chunks * Hidden * sizeof(float);

        var forward = new GpuRows<NormalisedRows<T>, Float8>(device, Hidden);
        Print("LayerNorm", tokens, Hidden, 2 * row, () => forward.Launch(tokens, new(rows, sums.View, squares.View, scale.View, scale.View, written, Hidden)));
        var backward = new GpuRows<NormalisedRowsGradient<T>, Float8>(device, Hidden);
        Print("LayerNorm, gradient and three sums", tokens, Hidden, 3 * row + 3 * partial, () => backward.LaunchChunks(tokens, new(sums.View, squares.View, rows, wide, scale.View, written, first, second, third, Hidden)));
        foreach (var (columns, stride) in new[] { (Expanded, Padded), (3 * Hidden, 3 * Hidden) })
        {
            var bias = new GpuRows<BiasGradient<T>, Float8>(device, columns);
            Print("bias, gradient", tokens, columns, (double)tokens * columns * size + (double)chunks * columns * sizeof(float), () => bias.LaunchBlocks(tokens, new(wide, partials.View, columns)));
        }

        var sum = new ColumnSum(device);
        Print("one column sum", chunks, Hidden, partial, () => sum.Launch(tokens, true, new(first, Hidden, target.View)));
        Print("three column sums", chunks, Hidden, 3 * partial, () => sum.Launch(tokens, true, new(first, Hidden, target.View), new(second, Hidden, scale.View), new(third, Hidden, target.View.SubView(Hidden, Hidden))));
        Print("one column sum", chunks, Expanded, 4 * partial, () => sum.Launch(tokens, true, new(partials.View, Expanded, target.View)));
        Scatter(tokens, rows, written);
        CrossEntropy(tokens * 15 / 100);
        Print("clear, activations", tokens, Hidden, row, () => device.Clear(written));
        Update();
    }

    void Scatter(int tokens, ArrayView<T> rows, ArrayView<T> written)
    {
        int predictions = tokens * 15 / 100;
        using var index = device.Allocate<int>(predictions);
        device.Write<int>(index.View.BaseView, [.. Enumerable.Range(0, predictions).Select(i => i * 20 / 3)]);
        var scatter = new ScatterAdd<T>(device);
        Print("scatter-add of activations", predictions, Hidden, 3.0 * predictions * Hidden * size, () => scatter.Launch(new(written, Hidden), index.View, new(rows, Hidden), predictions, Hidden));
    }

    void CrossEntropy(int predictions)
    {
        using var logits = DeviceClock.Random<T>(device, (long)predictions * Vocabulary);
        using var gradient = device.Allocate<T>((long)predictions * Vocabulary);
        using var labels = device.Allocate<int>(predictions);
        using var values = device.Allocate<float>(predictions);
        using var partials = device.Allocate<float>((long)Vocabulary * ((predictions + ArenaPlan.ChunkRows - 1) / ArenaPlan.ChunkRows));
        double bytes = (double)predictions * Vocabulary * size;
        var entropy = new GpuRows<CrossEntropyRows<T>, Float8>(device, Vocabulary);
        Print("cross-entropy, gradient", predictions, Vocabulary, 2 * bytes, () => entropy.Launch(predictions, new(logits.View, labels.View, values.View, values.View, gradient.View, Vocabulary)));
        var bias = new GpuRows<BiasGradient<T>, Float8>(device, Vocabulary);
        Print("bias, gradient", predictions, Vocabulary, bytes + partials.LengthInBytes, () => bias.LaunchBlocks(predictions, new(gradient.View, partials.View, Vocabulary)));
    }

    void Update()
    {
        using var set = device.CreateParameters(new("Update", [], [new("weight", Parameters / Hidden, Hidden, false, 0, Initial.Zero)], Parameters / Hidden * Hidden, [new("train", new(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), 0, 0, 0, 0, [])], Optimizer.Lamb, Compute.Float32, ""));
        var arenas = (GpuParameterSet)set;
        int floats = Parameters / Hidden * Hidden;
        Print("clear, gradients", 1, floats, sizeof(float) * (double)floats, () => device.Clear(arenas[ParameterState.Gradient]));
        foreach (var (optimizer, words) in new[] { (Optimizer.AdamW, 8), (Optimizer.Lamb, 12) })
            Print($"update, {optimizer}", 1, floats, sizeof(float) * (double)words * floats, () => arenas.QueueUpdate(optimizer));
    }

    void Print(string name, int rows, int columns, double bytes, Action launch)
    {
        double seconds = DeviceClock.Seconds(device, runs, launch);
        Console.WriteLine($"{name,-40} {rows,7} {columns,8} {seconds * 1e6,9:F1} {bytes / seconds / 1e9,7:F0} {bytes / seconds / copy,10:P0}");
    }
}
