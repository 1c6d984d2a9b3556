using AlbertCompiled.Cpu;

namespace AlbertCompiled.Tests.Cpu;

public class ProcessorsTests
{
    [Fact]
    public void A_thread_that_stays_may_use_one_processor_only()
    {
        if (!OperatingSystem.IsLinux()) return;
        int last = Processors.Allowed()[^1];
        int[] allowed = [];
        var thread = new Thread(() =>
        {
            Processors.Stay(last);
            allowed = Processors.Allowed();
        });
        thread.Start();
        thread.Join();
        Assert.Equal([last], allowed);
    }

    [Fact]
    public void A_visitor_may_leave()
    {
        int[] before = Processors.Allowed();
        foreach (int processor in before) Processors.Visit(processor);
        Assert.Equal(before, Processors.Allowed());
    }

    [Fact]
    public unsafe void Large_blocks_lie_on_huge_pages_small_ones_on_cache_lines()
    {
        float* small = Pages.Allocate(5), large = Pages.Allocate(1 << 20);
        Assert.Equal((0L, 0L), ((long)small % 64, (long)large % (2 << 20)));
        large[(1 << 20) - 1] = small[4] = 1;
        Pages.Free(small);
        Pages.Free(large);
    }
}
