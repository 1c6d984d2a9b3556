using System.Runtime.InteropServices;

namespace AlbertCompiled.Gpu;

internal static unsafe partial class CudaDriver
{
    /// <summary>An event with a clock.</summary>
    public static IntPtr CreateTimedEvent()
    {
        Check(EventCreate(out var created, 0));
        return created;
    }

    /// <summary>Milliseconds of the device between two events that it has passed.</summary>
    public static float Milliseconds(IntPtr begin, IntPtr end)
    {
        Check(EventElapsedTime(out float milliseconds, begin, end));
        return milliseconds;
    }

    [LibraryImport(Library, EntryPoint = "cuEventElapsedTime")]
    private static partial int EventElapsedTime(out float milliseconds, IntPtr begin, IntPtr end);
}
