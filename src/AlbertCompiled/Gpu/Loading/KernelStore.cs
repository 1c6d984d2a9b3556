using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace AlbertCompiled.Gpu;

/// <summary>The kernels that a device has loaded, shared by all programs on it.</summary>
internal sealed class KernelStore
{
    /// <summary>Threads that load kernels at most: each keeps a compiler of ILGPU's, and 16 were measured to take a tenth of the time of one.</summary>
    public static readonly int Threads = Math.Min(Environment.ProcessorCount, 16);

    readonly ConcurrentDictionary<object, Lazy<Delegate>> loaded = [];

    /// <summary>A kernel's launcher; whoever asks first loads it, whoever asks meanwhile waits. What failed to load is loaded anew by whoever asks next.</summary>
    /// <param name="key">What the kernel is: its struct's type, and the form of its text if it has several.</param>
    /// <param name="load">Compiles and loads it.</param>
    public TLauncher Get<TLauncher>(object key, Func<TLauncher> load) where TLauncher : Delegate
    {
        var loading = loaded.GetOrAdd(key, _ => new(load));
        try
        {
            return (TLauncher)loading.Value;
        }
        catch
        {
            loaded.TryRemove(KeyValuePair.Create(key, loading));
            throw;
        }
    }

    /// <summary>Loads kernels that may be refused: whoever launches one of these then is told.</summary>
    public static void TryLoad(IEnumerable<Action> kernels, int threads) => Load(kernels.Select(load => (Action)(() =>
    {
        try
        {
            load();
        }
        catch (DeviceException)
        {
        }
    })), threads);

    /// <summary>Runs what loads kernels on so many threads, which end with it: the driver keeps a context for each.</summary>
    /// <exception cref="DeviceException">The first that a kernel's loading threw.</exception>
    public static void Load(IEnumerable<Action> kernels, int threads)
    {
        var waiting = new ConcurrentQueue<Action>(kernels);
        ExceptionDispatchInfo? failure = null;
        var workers = Enumerable.Range(0, Math.Min(threads, waiting.Count)).Select(_ => new Thread(Work) { IsBackground = true, Name = "kernels" }).ToArray();
        foreach (var worker in workers) worker.Start();
        foreach (var worker in workers) worker.Join();
        failure?.Throw();

        void Work()
        {
            while (failure is null && waiting.TryDequeue(out var load))
            {
                try
                {
                    load();
                }
                catch (Exception e)
                {
                    Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(e), null);
                }
            }
        }
    }
}
