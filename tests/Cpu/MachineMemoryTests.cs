using AlbertCompiled.Cpu;

namespace AlbertCompiled.Tests.Cpu;

/// <summary>What a container leaves of a machine's memory, in both versions of Linux's control groups.</summary>
public sealed class MachineMemoryTests : IDisposable
{
    readonly TemporaryFolder root = new();

    public void Dispose() => root.Dispose();

    long Bytes => MachineMemory.OfLinux(root.Path);

    [Fact]
    public void Nothing_is_told_by_a_machine_that_tells_nothing() => Assert.Equal(0, Bytes);

    [Fact]
    public void Version_2()
    {
        root.Write("proc/meminfo", "MemTotal:       1000 kB\nMemFree:         10 kB\n");
        Assert.Equal(1_024_000, Bytes);
        root.Write("proc/self/cgroup", "0::/user/job\n");
        root.Write("sys/fs/cgroup/user/job/memory.max", "max\n");
        Assert.Equal(1_024_000, Bytes);
        root.Write("sys/fs/cgroup/user/memory.max", "5000\n");
        Assert.Equal(5000, Bytes);
        root.Write("sys/fs/cgroup/memory.max", "4000\n");
        Assert.Equal(4000, Bytes);
    }

    [Fact]
    public void Version_1()
    {
        root.Write("proc/meminfo", "MemTotal:       1000 kB\n");
        root.Write("proc/self/cgroup", "3:cpu,cpuacct:/elsewhere\n2:memory:/docker/c\n");
        root.Write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
        Assert.Equal(1_024_000, Bytes);
        root.Write("sys/fs/cgroup/memory/docker/c/memory.limit_in_bytes", "700\n");
        Assert.Equal(700, Bytes);
    }

    [Fact]
    public void This_machine_has_some() => Assert.InRange(MachineMemory.Bytes, 1, long.MaxValue);
}
