using System.Globalization;

namespace AlbertCompiled.Cpu;

/// <summary>The memory that this process may take: the machine's, or what a container leaves of it.</summary>
static class MachineMemory
{
    const string Groups = "/sys/fs/cgroup";

    /// <summary>
    /// Bytes. The garbage collector's figure is that of its own heap, which in a container is three quarters of the limit and may be set to anything; models lie beside it,
    /// so Linux is asked. Elsewhere it is the best there is.
    /// </summary>
    public static long Bytes { get; } = Math.Max(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, OperatingSystem.IsLinux() ? OfLinux("/") : 0);

    /// <summary>The same as Linux tells it below a root; 0: it does not.</summary>
    internal static long OfLinux(string root)
    {
        long machine = Kilobytes(Lines(root, "/proc/meminfo").FirstOrDefault(l => l.StartsWith("MemTotal:", StringComparison.Ordinal)));
        foreach (string line in Lines(root, "/proc/self/cgroup"))
        {
            // number:controllers:path; of version 2 there is one, with neither
            if (line.Split(':', 3) is not [_, var controllers, var path]) continue;
            var (folder, file) = controllers.Length == 0 ? (Groups, "memory.max") : (Groups + "/memory", "memory.limit_in_bytes");
            if (controllers.Length > 0 && !controllers.Split(',').Contains("memory")) continue;
            // a group has no more than those around it; in a container its own is the root
            for (string? group = path; group is not null; group = Path.GetDirectoryName(group))
            {
                if (Lines(root, folder + group.TrimEnd('/') + "/" + file) is [var limit, ..] && long.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out long bytes)) machine = Math.Min(machine, bytes);
            }
        }

        return machine;
    }

    static long Kilobytes(string? line) =>
        line?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var number, "kB"] && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value * 1024 : 0;

    static string[] Lines(string root, string path)
    {
        try
        {
            return File.ReadAllLines(root.TrimEnd('/') + path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
