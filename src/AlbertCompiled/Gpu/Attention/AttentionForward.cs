using AlbertCompiled.Gpu.TensorCores;
using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>Multi-head attention within each sequence of a packed batch, dropout(softmax(q kᵀ/√d)) v, compiled for a device. Scores are never stored.</summary>
public sealed class AttentionForward<T> where T : unmanaged, IElement<T>
{
    readonly GpuKernel<AttentionForwardKernel<T, Block8>>? large;
    readonly GpuKernel<AttentionForwardKernel<T, Block4>>? small;
    readonly AttentionTensorForward? tensors;

    /// <summary>Attention for <paramref name="device"/>; its kernels are compiled when first launched.</summary>
    public AttentionForward(GpuDevice device) : this(device, AttentionChoice.For(device)) { }

    /// <summary>Attention for <paramref name="device"/>, whose products on tensor cores are <paramref name="compute"/>'s where there is a choice.</summary>
    internal AttentionForward(GpuDevice device, ProductCompute compute)
    {
        if (device.IsSimulator) small = new(device);
        else large = new(device);
        if (AttentionTensors.Exist<T>(device)) tensors = new(device, compute);
    }

    /// <summary>Queues attention.</summary>
    /// <param name="arguments">Operand, tiles, dropout.</param>
    /// <param name="context">[tokens, hidden] result.</param>
    /// <param name="logSum">[tokens, heads] result for the backward pass: the largest score + ln Σ exp(score − largest). Not written if empty.</param>
    public void Launch(in AttentionArguments<T> arguments, Operand<T> context, Operand<float> logSum)
    {
        if (tensors is not null && AttentionTensors.Take(arguments.HeadSize, arguments.QueryKeyValue, context))
        {
            tensors.Launch(arguments, context, logSum);
            return;
        }

        if (large is not null) Launch(large, new() { Arguments = arguments, Context = context, LogSum = logSum });
        if (small is not null) Launch(small, new() { Arguments = arguments, Context = context, LogSum = logSum });
    }

    static void Launch<TBlock>(GpuKernel<AttentionForwardKernel<T, TBlock>> kernel, in AttentionForwardKernel<T, TBlock> values) where TBlock : struct, IBlock =>
        AttentionPlace.Launch<T, TBlock, AttentionForwardKernel<T, TBlock>>(kernel, values.Arguments, values);
}

/// <summary>
/// A group computes a tile of queries for one head. It walks over the keys tile by tile with the online softmax (Milakov and Gimelshein,
/// 2018), as FlashAttention does (Dao et al., 2022): what was summed before is rescaled whenever a larger score turns up.
/// A head wider than a tile is computed in panels of its columns, each from scores of its own.
/// </summary>
internal struct AttentionForwardKernel<T, TBlock> : IGpuKernel
    where T : unmanaged, IElement<T>
    where TBlock : struct, IBlock
{
    public AttentionArguments<T> Arguments;
    public Operand<T> Context;
    public Operand<float> LogSum;

    /// <inheritdoc/>
    public readonly void Run()
    {
        var place = AttentionPlace.Of<T, TBlock>(Arguments);
        if (place.IsNone) return;

        int stride = TBlock.Tile + Tile.Padding, lane = Group.IdxX, query = place.Outer + lane, headSize = Arguments.HeadSize;
        var a = SharedMemory.Allocate<float>(Tile.Depth * 68);
        var b = SharedMemory.Allocate<float>(Tile.Depth * 68);
        var weights = SharedMemory.Allocate<float>(64 * 68);    // [key, query], at the end [query, column]
        var factors = SharedMemory.Allocate<float>(64);         // [query]
        var queries = HeadRows<T>.Of(Arguments.QueryKeyValue, place.Head * headSize, headSize, place.End);
        var keys = HeadRows<T>.Of(Arguments.QueryKeyValue, Arguments.Hidden + place.Head * headSize, headSize, place.End);
        int valueColumn = 2 * Arguments.Hidden + place.Head * headSize;

        uint rowKey = Arguments.RowKey(query, place.Head);
        float scale = Arguments.ScoreScale, largest = -1e30f, sum = 0f;     // of the lane's query
        var context = default(TBlock);
        for (int key = place.Start; key < place.End; key += TBlock.Tile)
        {
            var scores = keys.Times<TBlock>(key, queries, place.Outer, a, b);
            scores.Merge(weights, default(Overwrite));
            Group.Barrier();

            int count = place.End - key < TBlock.Tile ? place.End - key : TBlock.Tile;
            float before = largest;
            for (int i = 0; i < count; i++) largest = GpuMath.Max(largest, weights[i * stride + lane] * scale);
            float factor = GpuMath.Exp(before - largest);
            sum *= factor;
            factors[lane] = factor;
            for (int i = 0; i < TBlock.Tile; i++)
            {
                float weight = i < count ? GpuMath.Exp(weights[i * stride + lane] * scale - largest) : 0f;
                sum += weight;
                weights[i * stride + lane] = Arguments.Keeps(rowKey, key - place.Start + i) ? weight * Arguments.KeepScale : 0f;
            }

            Group.Barrier();
            context.Scale(factors);
            for (int k = 0; k < count; k += Tile.Depth)
            {
                Tile.LoadColumns<T, TBlock>(b, Arguments.QueryKeyValue.Values, Arguments.QueryKeyValue.Stride, key + k, place.End, valueColumn + place.Panel, valueColumn + headSize);
                Group.Barrier();
                context.MultiplyAdd(weights, k, b, 0);
                Group.Barrier();
            }
        }

        if (LogSum.Values.IntLength > 0 && place.Panel == 0 && query < place.End)
            LogSum.Values[query * LogSum.Stride + place.Head] = largest + GpuMath.Log(sum);
        factors[lane] = 1f / sum;
        Group.Barrier();
        context.Scale(factors);
        context.Merge(weights, default(Overwrite));
        Group.Barrier();
        for (int e = lane; e < TBlock.Tile * TBlock.Tile; e += TBlock.Lanes)
        {
            int i = place.Outer + e / TBlock.Tile, j = place.Panel + e % TBlock.Tile;
            if (i < place.End && j < headSize)
                Context.Values[i * Context.Stride + place.Head * headSize + j] = T.Of(weights[e / TBlock.Tile * stride + e % TBlock.Tile]);
        }
    }
}
