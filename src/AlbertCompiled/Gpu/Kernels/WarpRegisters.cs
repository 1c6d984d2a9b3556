using System.Reflection;
using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>
/// How many registers a lane takes where a warp has whole rows, as far as a kernel's fields tell: a row of activations, and a sum of columns, is a register for every 32 columns.
/// </summary>
internal static class WarpRegisters
{
    const int OfMultiprocessor = 65536, OfLane = 255;
    const int Others = 32;          // addresses, the row's own values, what is being computed
    const int Sums = 3;             // of columns: as many as the gradient of a normalisation leaves
    const int MostResident = 4;     // the bound is there against spilling; a kernel that takes less is held more often anyway

    /// <summary>Groups that a multiprocessor is to hold, so that a lane has the registers that it takes; 0 if no lane has as many.</summary>
    /// <param name="kernel">The kernel's struct.</param>
    /// <param name="columns">Columns of a row.</param>
    /// <param name="inChunks">Whether it sums columns.</param>
    public static int Resident(Type kernel, int columns, bool inChunks)
    {
        int taken = (Activations(kernel) + (inChunks ? Sums : 0)) * columns / WarpPack.Lanes + Others;
        return taken > OfLane ? 0 : Math.Min(MostResident, OfMultiprocessor / (taken * WarpPack.Lanes * WarpRow.WarpsOfGroup));
    }

    /// <summary>Views of activations: what a kernel keeps of a row is among them.</summary>
    static int Activations(Type kernel) =>
        kernel.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Select(f => f.FieldType)
            .Count(t => t == typeof(ArrayView<BFloat16>) || t == typeof(ArrayView<Float32>));
}
