using System.Reflection;
using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>
/// Whether a lane's registers hold its share of whole rows, as far as a kernel's fields tell: a row of activations is a register for every 32 columns.
/// </summary>
internal static class WarpRegisters
{
    /// <summary>Groups that a multiprocessor is to hold: it bounds the registers of a lane. A kernel that takes fewer is held more often anyway.</summary>
    public const int Resident = 4;

    const int OfLane = 65536 / (Resident * WarpRow.WarpsOfGroup * WarpPack.Lanes);
    const int Others = 32;          // addresses, the row's own values, what is being computed

    /// <summary>True if nothing has to be spilled.</summary>
    /// <param name="kernel">The kernel's struct.</param>
    /// <param name="columns">Columns of a row.</param>
    public static bool Hold(Type kernel, int columns) => Activations(kernel) * columns / WarpPack.Lanes + Others <= OfLane;

    /// <summary>Views of activations: what a kernel keeps of a row is among them.</summary>
    static int Activations(Type kernel) =>
        kernel.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Select(f => f.FieldType)
            .Count(t => t == typeof(ArrayView<BFloat16>) || t == typeof(ArrayView<Float32>));
}
