using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AlbertCompiled.Cpu;

/// <summary>A piece of one parameter.</summary>
/// <param name="Offset">First float in the arena.</param>
/// <param name="Length">Floats.</param>
/// <param name="Parameter">The parameter's number.</param>
/// <param name="IsVector">The parameter neither decays nor adapts.</param>
readonly record struct ParameterChunk(long Offset, int Length, int Parameter, bool IsVector);

/// <summary>
/// The parameters cut into chunks of a fixed size: the grain of an update's work and of its sums, which are added up in the
/// order of the chunks, so that norms do not depend on the threads. No chunk reaches into a second parameter.
/// </summary>
sealed unsafe class ParameterChunks
{
    const int Size = 8192;

    readonly ParameterChunk[] chunks;
    readonly double[] firstNorms, secondNorms;
    readonly float[] trustRatios;

    public ParameterChunks(ImmutableArray<ParameterInfo> parameters)
    {
        // On the pinned heap: jobs hold addresses, as they do of everything else.
        Count = (int)parameters.Sum(p => (p.Length + Size - 1) / Size);
        chunks = GC.AllocateUninitializedArray<ParameterChunk>(Count, pinned: true);
        firstNorms = GC.AllocateArray<double>(Count, pinned: true);
        secondNorms = GC.AllocateArray<double>(Count, pinned: true);
        trustRatios = GC.AllocateArray<float>(parameters.Length, pinned: true);
        int count = 0;
        for (int i = 0; i < parameters.Length; i++)
            for (long start = 0; start < parameters[i].Length; start += Size)
                chunks[count++] = new(parameters[i].Offset + start, (int)Math.Min(Size, parameters[i].Length - start), i, parameters[i].IsVector);
    }

    public int Count { get; }

    /// <summary>What a job over all chunks costs.</summary>
    /// <param name="arenas">Arenas that it reads, and those that it writes once more.</param>
    public JobCost Cost(int arenas)
    {
        long floats = 0;
        foreach (var chunk in chunks) floats += chunk.Length;
        return new(0, (double)arenas * floats * sizeof(float));
    }

    /// <summary>[Count] the chunks.</summary>
    public ParameterChunk* Chunks => First(chunks);

    /// <summary>[Count] squared norms of gradients, then of weights.</summary>
    public double* FirstNorms => First(firstNorms);

    /// <summary>[Count] squared norms of updates.</summary>
    public double* SecondNorms => First(secondNorms);

    /// <summary>[parameters] LAMB's factors.</summary>
    public float* TrustRatios => First(trustRatios);

    /// <summary>The sum over all chunks.</summary>
    public double Total(double* values)
    {
        double total = 0;
        for (int i = 0; i < Count; i++) total += values[i];
        return total;
    }

    /// <summary>‖w‖ / ‖u‖ of each parameter, 1 if either is 0 (You et al., 2020).</summary>
    public void ComputeTrustRatios()
    {
        for (int i = 0; i < Count;)
        {
            int parameter = chunks[i].Parameter;
            double weights = 0, updates = 0;
            for (; i < Count && chunks[i].Parameter == parameter; i++)
            {
                weights += firstNorms[i];
                updates += secondNorms[i];
            }

            trustRatios[parameter] = weights == 0 || updates == 0 ? 1 : (float)Math.Sqrt(weights / updates);
        }
    }

    static T* First<T>(T[] pinned) where T : unmanaged => (T*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(pinned));
}
