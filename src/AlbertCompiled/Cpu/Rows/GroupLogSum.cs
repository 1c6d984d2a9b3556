using System.Runtime.CompilerServices;

namespace AlbertCompiled.Cpu;

/// <summary>ln Σ exp over the rows of each group, a row of the result for each. The rows of a group lie together.</summary>
/// <param name="source">[members, columns].</param>
/// <param name="sourceStride">Floats from one row of the source to the next.</param>
/// <param name="group">[members] group of each row, ascending.</param>
/// <param name="members">Rows of the source.</param>
/// <param name="result">[groups, columns].</param>
/// <param name="resultStride">Floats from one row of the result to the next.</param>
/// <param name="columns">Columns.</param>
public readonly unsafe struct GroupLogSum(float* source, long sourceStride, int* group, int members, float* result, long resultStride, int columns) : IRowKernel
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int begin, int end, int chunk)
    {
        for (int row = begin; row < end; row++)
        {
            int first = FirstOf(row), next = FirstOf(row + 1);
            for (int c = 0; c < columns; c++)
            {
                float largest = float.NegativeInfinity, sum = 0f;
                for (int i = first; i < next; i++) largest = MathF.Max(largest, source[i * sourceStride + c]);
                for (int i = first; i < next; i++) sum += MathF.Exp(source[i * sourceStride + c] - largest);
                result[row * resultStride + c] = largest + MathF.Log(sum);
            }
        }
    }

    // by bisection: the first row that belongs to this group or a later one
    int FirstOf(int wanted)
    {
        int low = 0, high = members;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (group[middle] < wanted) low = middle + 1;
            else high = middle;
        }

        return low;
    }
}
