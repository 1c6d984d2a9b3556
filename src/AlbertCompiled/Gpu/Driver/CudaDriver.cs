using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AlbertCompiled.Gpu;

/// <summary>
/// The few calls of the CUDA driver that ILGPU does not make or does not show: graphs, events, page-locked memory, function attributes, tensor maps.
/// Each throws a <see cref="DeviceException"/> with the driver's name for the error.
/// </summary>
internal static unsafe partial class CudaDriver
{
    const string Library = "cuda";      // NativeLibraries knows what it is called on this system

    static CudaDriver() => NativeLibraries.Use();

    /// <summary>cuFuncSetAttribute's number for the largest dynamic shared memory of a function, in bytes.</summary>
    public const int MaxDynamicSharedSizeBytes = 8;

    /// <summary>Starts the driver.</summary>
    /// <returns>The number of cards.</returns>
    public static int Start()
    {
        const int noDevice = 100;
        int error = Init(0);
        if (error == noDevice) return 0;
        Check(error, "cuInit()");
        Check(DeviceGetCount(out int count));
        return count;
    }

    /// <summary>Starts to record what this thread queues on a stream. What other threads do, such as free memory, cannot break it.</summary>
    public static void BeginCapture(IntPtr stream) => Check(StreamBeginCapture(stream, CaptureModeThreadLocal));

    /// <summary>Ends recording.</summary>
    /// <returns>The graph.</returns>
    public static IntPtr EndCapture(IntPtr stream)
    {
        Check(StreamEndCapture(stream, out var graph));
        return graph;
    }

    /// <summary>Ends a recording that failed.</summary>
    public static void AbandonCapture(IntPtr stream)
    {
        if (StreamEndCapture(stream, out var graph) == 0 && graph != IntPtr.Zero) _ = GraphDestroy(graph);
    }

    /// <summary>Makes a graph executable.</summary>
    public static IntPtr Instantiate(IntPtr graph)
    {
        Check(GraphInstantiateWithFlags(out var executable, graph, 0));
        return executable;
    }

    /// <summary>Queues everything that a graph holds.</summary>
    public static void Launch(IntPtr executable, IntPtr stream) => Check(GraphLaunch(executable, stream));

    // What frees does not throw: after a failure the context has nothing left to free, and the failure is what should be told.

    /// <summary>Frees a graph.</summary>
    public static void DestroyGraph(IntPtr graph) => _ = GraphDestroy(graph);

    /// <summary>Frees an executable graph.</summary>
    public static void DestroyExecutable(IntPtr executable) => _ = GraphExecDestroy(executable);

    /// <summary>Sets an attribute of a function, such as <see cref="MaxDynamicSharedSizeBytes"/>.</summary>
    public static void SetFunctionAttribute(IntPtr function, int attribute, int value) => Check(FuncSetAttribute(function, attribute, value));

    /// <summary>Describes a tensor in device memory to the bulk copies of sm_90.</summary>
    /// <param name="map">128 bytes at a multiple of 64.</param>
    /// <param name="dataType">CUtensorMapDataType: 9 is bfloat16.</param>
    /// <param name="dimensions">[rank] elements, innermost first.</param>
    /// <param name="address">Device address, a multiple of 16.</param>
    /// <param name="strides">[rank − 1] bytes from one index to the next of dimension 1, 2, …; multiples of 16.</param>
    /// <param name="box">[rank] elements of one copy, at most 256 along each dimension.</param>
    /// <param name="elementStrides">[rank] usually 1.</param>
    /// <param name="interleave">CUtensorMapInterleave: 0 is none.</param>
    /// <param name="swizzle">CUtensorMapSwizzle: none, 32, 64, 128 bytes.</param>
    /// <param name="promotion">CUtensorMapL2promotion: none, 64, 128, 256 bytes.</param>
    /// <param name="fill">CUtensorMapFloatOOBfill: 0 fills what lies outside with 0.</param>
    public static void EncodeTiled(
        void* map, int dataType, ReadOnlySpan<ulong> dimensions, IntPtr address, ReadOnlySpan<ulong> strides, ReadOnlySpan<uint> box,
        ReadOnlySpan<uint> elementStrides, int interleave, int swizzle, int promotion, int fill)
    {
        fixed (ulong* d = dimensions, s = strides)
        fixed (uint* b = box, e = elementStrides)
            Check(TensorMapEncodeTiled(map, dataType, (uint)dimensions.Length, address, d, s, b, e, interleave, swizzle, promotion, fill));
    }

    /// <summary>Queues a copy from the host. Page-locked memory must stay as it is until the copy has run.</summary>
    public static void CopyToDevice(IntPtr destination, void* source, long bytes, IntPtr stream) => Check(MemcpyHtoDAsync(destination, source, (nuint)bytes, stream));

    /// <summary>Queues a copy to the host, which must be page-locked memory for the call not to wait.</summary>
    public static void CopyToHost(void* destination, IntPtr source, long bytes, IntPtr stream) => Check(MemcpyDtoHAsync(destination, source, (nuint)bytes, stream));

    /// <summary>An event without a clock.</summary>
    public static IntPtr CreateEvent()
    {
        Check(EventCreate(out var created, EventDisableTiming));
        Check(EventSynchronize(created));   // returns at once, and binds the call now: binding allocates, and a run must not
        return created;
    }

    /// <summary>Notes what a stream has been given so far.</summary>
    public static void Record(IntPtr recorded, IntPtr stream) => Check(EventRecord(recorded, stream));

    /// <summary>Waits on the host until all that the event noted has run; at once if it noted nothing yet.</summary>
    public static void Wait(IntPtr recorded) => Check(EventSynchronize(recorded));

    /// <summary>Makes what a stream is given from now on wait for what the event noted.</summary>
    public static void Wait(IntPtr recorded, IntPtr stream) => Check(StreamWaitEvent(stream, recorded, 0));

    /// <summary>Frees an event.</summary>
    public static void DestroyEvent(IntPtr recorded) => _ = EventDestroy(recorded);

    /// <summary>Page-locked host memory.</summary>
    public static IntPtr AllocateHost(long bytes)
    {
        Check(MemAllocHost(out var memory, (nuint)bytes));
        return memory;
    }

    /// <summary>Frees page-locked host memory.</summary>
    public static void FreeHost(IntPtr memory) => _ = MemFreeHost(memory);

    /// <summary>Bytes of the current context's card that are free, and all it has.</summary>
    public static (long Free, long Total) MemoryInfo()
    {
        Check(MemGetInfo(out nuint free, out nuint total));
        return ((long)free, (long)total);
    }

    const int CaptureModeThreadLocal = 1;
    const uint EventDisableTiming = 2;

    static void Check(int error, [CallerArgumentExpression(nameof(error))] string call = "")
    {
        if (error != 0) throw new DeviceException($"the CUDA driver failed in {call[..call.IndexOf('(')]}: {NameOf(error)}");
    }

    /// <summary>The driver's name for an error, such as CUDA_ERROR_ILLEGAL_ADDRESS.</summary>
    public static string NameOf(int error) => GetErrorName(error, out byte* name) == 0 && name != null ? Marshal.PtrToStringUTF8((IntPtr)name)! : $"error {error}";

    [LibraryImport(Library, EntryPoint = "cuInit")]
    private static partial int Init(uint flags);

    [LibraryImport(Library, EntryPoint = "cuDeviceGetCount")]
    private static partial int DeviceGetCount(out int count);

    [LibraryImport(Library, EntryPoint = "cuGetErrorName")]
    private static partial int GetErrorName(int error, out byte* name);

    [LibraryImport(Library, EntryPoint = "cuStreamBeginCapture_v2")]
    private static partial int StreamBeginCapture(IntPtr stream, int mode);

    [LibraryImport(Library, EntryPoint = "cuStreamEndCapture")]
    private static partial int StreamEndCapture(IntPtr stream, out IntPtr graph);

    [LibraryImport(Library, EntryPoint = "cuGraphInstantiateWithFlags")]
    private static partial int GraphInstantiateWithFlags(out IntPtr executable, IntPtr graph, ulong flags);

    [LibraryImport(Library, EntryPoint = "cuGraphLaunch")]
    private static partial int GraphLaunch(IntPtr executable, IntPtr stream);

    [LibraryImport(Library, EntryPoint = "cuGraphDestroy")]
    private static partial int GraphDestroy(IntPtr graph);

    [LibraryImport(Library, EntryPoint = "cuGraphExecDestroy")]
    private static partial int GraphExecDestroy(IntPtr executable);

    [LibraryImport(Library, EntryPoint = "cuFuncSetAttribute")]
    private static partial int FuncSetAttribute(IntPtr function, int attribute, int value);

    [LibraryImport(Library, EntryPoint = "cuTensorMapEncodeTiled")]
    private static partial int TensorMapEncodeTiled(
        void* map, int dataType, uint rank, IntPtr address, ulong* dimensions, ulong* strides, uint* box, uint* elementStrides,
        int interleave, int swizzle, int promotion, int fill);

    [LibraryImport(Library, EntryPoint = "cuMemcpyHtoDAsync_v2")]
    private static partial int MemcpyHtoDAsync(IntPtr destination, void* source, nuint bytes, IntPtr stream);

    [LibraryImport(Library, EntryPoint = "cuMemcpyDtoHAsync_v2")]
    private static partial int MemcpyDtoHAsync(void* destination, IntPtr source, nuint bytes, IntPtr stream);

    [LibraryImport(Library, EntryPoint = "cuMemAllocHost_v2")]
    private static partial int MemAllocHost(out IntPtr memory, nuint bytes);

    [LibraryImport(Library, EntryPoint = "cuMemFreeHost")]
    private static partial int MemFreeHost(IntPtr memory);

    [LibraryImport(Library, EntryPoint = "cuEventCreate")]
    private static partial int EventCreate(out IntPtr created, uint flags);

    [LibraryImport(Library, EntryPoint = "cuEventRecord")]
    private static partial int EventRecord(IntPtr recorded, IntPtr stream);

    [LibraryImport(Library, EntryPoint = "cuEventSynchronize")]
    private static partial int EventSynchronize(IntPtr recorded);

    [LibraryImport(Library, EntryPoint = "cuEventDestroy_v2")]
    private static partial int EventDestroy(IntPtr recorded);

    [LibraryImport(Library, EntryPoint = "cuStreamWaitEvent")]
    private static partial int StreamWaitEvent(IntPtr stream, IntPtr awaited, uint flags);

    [LibraryImport(Library, EntryPoint = "cuMemGetInfo_v2")]
    private static partial int MemGetInfo(out nuint free, out nuint total);
}
