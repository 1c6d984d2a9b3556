using AlbertCompiled.Gpu;
using ILGPU;

namespace AlbertCompiled.Bench;

/// <summary>LayerNorm, in the form that the compiler prints: reads a row once, writes a row and two sums.</summary>
public readonly struct NormalisedRows<T>(ArrayView<T> x, ArrayView<float> sums, ArrayView<float> squares, ArrayView<float> scale, ArrayView<float> shift, ArrayView<T> y, int columns) : IGpuRowKernel
    where T : unmanaged, IElement<T>
{
    /// <inheritdoc/>
    public void Run<V, L>(int begin, int end, int chunk)
        where V : struct, IPack<V>
        where L : struct, IRowLanes
    {
        for (int row = begin; row < end; row++)
        {
            int offset = row * columns;
            Kept<V, L> xKept = default;
            V totalLane = 0f;
            for (int column = L.First<V>(); column < columns; column = L.Next<V>(column)) totalLane += xKept.Load(x, offset + column);
            float total = GroupReduce.Sum(V.Sum(totalLane));
            if (Group.IdxX == 0) sums[row] = total;
            float mean = GpuMath.Divide(total, columns);
            V squaresLane = 0f;
            for (int column = L.First<V>(); column < columns; column = L.Next<V>(column))
            {
                V centred = xKept.Again(x, offset + column) - mean;
                squaresLane += centred * centred;
            }

            float square = GroupReduce.Sum(V.Sum(squaresLane));
            if (Group.IdxX == 0) squares[row] = square;
            float inverse = GpuMath.Rsqrt(GpuMath.Divide(square, columns) + 1e-12f);
            for (int column = L.First<V>(); column < columns; column = L.Next<V>(column))
                V.Store(y, offset + column, (xKept.Again(x, offset + column) - mean) * inverse * V.Load(scale, column) + V.Load(shift, column));
        }
    }
}

/// <summary>The gradient of LayerNorm with the column sums of scale, shift and the bias in front of it: reads two rows, writes one.</summary>
public readonly struct NormalisedRowsGradient<T>(
    ArrayView<float> sums, ArrayView<float> squares, ArrayView<T> gradient, ArrayView<T> x, ArrayView<float> scale, ArrayView<T> result,
    ArrayView<float> shiftPartials, ArrayView<float> scalePartials, ArrayView<float> biasPartials, int columns) : IGpuRowKernel
    where T : unmanaged, IElement<T>
{
    /// <inheritdoc/>
    public void Run<V, L>(int begin, int end, int chunk)
        where V : struct, IPack<V>
        where L : struct, IRowLanes
    {
        var shiftSum = PartialSum<V, L>.Of(shiftPartials, chunk, columns);
        var scaleSum = PartialSum<V, L>.Of(scalePartials, chunk, columns);
        var biasSum = PartialSum<V, L>.Of(biasPartials, chunk, columns);
        for (int row = begin; row < end; row++)
        {
            Kept<V, L> gradientKept = default, xKept = default;
            float share = GpuMath.Divide(1f, columns), mean = sums[row] * share, inverse = GpuMath.Rsqrt(squares[row] * share + 1e-12f);
            int offset = row * columns;
            V scaledLane = 0f, weightedLane = 0f;
            for (int column = L.First<V>(); column < columns; column = L.Next<V>(column))
            {
                V dy = gradientKept.Load(gradient, offset + column), centred = xKept.Load(x, offset + column) - mean;
                shiftSum.Add(column, dy);
                scaleSum.Add(column, dy * centred * inverse);
                V scaled = dy * V.Load(scale, column);
                weightedLane += scaled * centred;
                scaledLane += scaled;
            }

            var (weighted, total) = GroupReduce.Sums(V.Sum(weightedLane), V.Sum(scaledLane));
            float slope = weighted * -0.5f * inverse * inverse * inverse * share, level = -(total * inverse) * share;
            for (int column = L.First<V>(); column < columns; column = L.Next<V>(column))
            {
                V pull = slope * (xKept.Again(x, offset + column) - mean);
                V dx = gradientKept.Again(gradient, offset + column) * V.Load(scale, column) * inverse + pull + pull + level;
                V.Store(result, offset + column, dx);
                biasSum.Add(column, dx);
            }
        }

        shiftSum.Store();
        scaleSum.Store();
        biasSum.Store();
    }
}

/// <summary>The gradient of a bias: column sums of what lies in memory.</summary>
public readonly struct BiasGradient<T>(ArrayView<T> gradient, ArrayView<float> partials, int columns) : IGpuRowKernel where T : unmanaged, IElement<T>
{
    /// <inheritdoc/>
    public void Run<V, L>(int begin, int end, int chunk)
        where V : struct, IPack<V>
        where L : struct, IRowLanes
    {
        var sum = PartialSum<V, L>.Of(partials, chunk, columns);
        for (int row = begin; row < end; row++)
        {
            int offset = row * columns;
            for (int column = L.First<V>(); column < columns; column = L.Next<V>(column)) sum.Add(column, V.Load(gradient, offset + column));
        }

        sum.Store();
    }
}

/// <summary>The gradient of a cross-entropy by its logits, with loss and hits per row: three passes over a long row.</summary>
public readonly struct CrossEntropyRows<T>(ArrayView<T> logits, ArrayView<int> labels, ArrayView<float> hits, ArrayView<float> losses, ArrayView<T> gradient, int columns) : IGpuRowKernel
    where T : unmanaged, IElement<T>
{
    /// <inheritdoc/>
    public void Run<V, L>(int begin, int end, int chunk)
        where V : struct, IPack<V>
        where L : struct, IRowLanes
    {
        for (int row = begin; row < end; row++)
        {
            Kept<V, L> logitsKept = default;
            int offset = row * columns, label = labels[row];
            V largestLane = float.NegativeInfinity, chosenLane = 0f;
            for (int column = L.First<V>(); column < columns; column = L.Next<V>(column))
            {
                V logit = logitsKept.Load(logits, offset + column);
                largestLane = V.Max(largestLane, logit);
                chosenLane += logit * V.OneHot(column, label);
            }

            float largest = GroupReduce.Max(V.Maximum(largestLane)), chosen = GroupReduce.Sum(V.Sum(chosenLane));
            if (Group.IdxX == 0) hits[row] = GpuMath.GreaterOrEqual(chosen, largest);
            V totalLane = 0f, shiftedLane = 0f;
            for (int column = L.First<V>(); column < columns; column = L.Next<V>(column))
            {
                V shifted = logitsKept.Again(logits, offset + column) - largest;
                totalLane += V.Exp(shifted);
                shiftedLane += shifted * V.OneHot(column, label);
            }

            var (total, target) = GroupReduce.Sums(V.Sum(totalLane), V.Sum(shiftedLane));
            if (Group.IdxX == 0) losses[row] = GpuMath.Log(total) - target;
            float inverse = GpuMath.Divide(1f, total);
            for (int column = L.First<V>(); column < columns; column = L.Next<V>(column))
                V.Store(gradient, offset + column, inverse * V.Exp(logitsKept.Again(logits, offset + column) - largest) - V.OneHot(column, label));
        }
    }
}
