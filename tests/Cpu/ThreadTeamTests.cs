using AlbertCompiled.Cpu;

namespace AlbertCompiled.Tests.Cpu;

public sealed unsafe class ThreadTeamTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 7)]
    [InlineData(2, 1)]
    [InlineData(2, 1000)]
    [InlineData(3, 2)]
    [InlineData(3, 17)]
    [InlineData(5, 400)]
    public void Runs_every_part_once(int threads, int parts)
    {
        using var team = new ThreadTeam(threads);
        int[] counts = GC.AllocateArray<int>(parts, pinned: true);
        fixed (int* p = counts)
            for (int i = 0; i < 200; i++) team.Run(new CountJob { Counts = p }, parts);
        Assert.All(counts, c => Assert.Equal(200, c));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Rows_come_in_chunks(int threads)
    {
        using var team = new ThreadTeam(threads);
        foreach (int rows in (ReadOnlySpan<int>)[0, 1, 15, 16, 17, 1000])
        {
            int[] chunkOfRow = new int[rows + 1];
            Array.Fill(chunkOfRow, -1);
            fixed (int* p = chunkOfRow) team.Rows(new ChunkKernel { Chunks = p }, rows);
            for (int r = 0; r < rows; r++) Assert.Equal(r / ArenaPlan.ChunkRows, chunkOfRow[r]);
            Assert.Equal(-1, chunkOfRow[rows]);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_parked_team_wakes_up(int threads)
    {
        using var team = new ThreadTeam(threads);
        int[] counts = new int[64];
        fixed (int* p = counts)
            for (int i = 0; i < 5; i++)
            {
                team.Run(new CountJob { Counts = p }, counts.Length);
                Thread.Sleep(5);
            }

        Assert.All(counts, c => Assert.Equal(5, c));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void An_exception_surfaces_and_the_team_lives_on(int threads)
    {
        using var team = new ThreadTeam(threads);
        for (int bad = 0; bad < 50; bad++)
        {
            var e = Assert.Throws<ArithmeticException>(() => team.Run(new FailingJob { Bad = bad }, 50));
            Assert.Equal(bad.ToString(), e.Message);
        }

        int[] counts = new int[50];
        fixed (int* p = counts) team.Run(new CountJob { Counts = p }, 50);
        Assert.All(counts, c => Assert.Equal(1, c));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_job_on_its_own_team_is_refused(int threads)
    {
        using var team = new ThreadTeam(threads);
        Assert.Throws<InvalidOperationException>(() => team.Run(new NestedJob { Team = team }, 4));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Scratch_is_aligned_and_private(int threads)
    {
        using var team = new ThreadTeam(threads);
        int failures = 0;
        foreach (int floats in (ReadOnlySpan<int>)[1, 100, 5000, 100])
            team.Run(new ScratchJob { Floats = floats, Failures = &failures }, 300, floats);
        Assert.Equal(0, failures);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Nothing_is_allocated(int threads)
    {
        using var team = new ThreadTeam(threads);
        int* counts = stackalloc int[100];
        Assert.Equal(0, Allocations.Of(team, () =>
        {
            team.Run(new CountJob { Counts = counts }, 100);
            team.Rows(new ChunkKernel { Chunks = counts }, 100);
        }));
    }

    [Fact]
    public void A_turn_is_one_threads()
    {
        using var team = new ThreadTeam(2) { Name = "cpu" };
        using (team.Take())
        {
            using (team.Take()) team.Run(new FailingJob { Bad = -1 }, 2);
            Assert.Equal("cpu computes for another thread: use a device from one thread at a time", Assert.IsType<InvalidOperationException>(Elsewhere(Run)).Message);
            Assert.IsType<InvalidOperationException>(Elsewhere(team.Dispose));
        }

        Assert.Null(Elsewhere(Run));
        team.Run(new FailingJob { Bad = -1 }, 2);

        void Run() => team.Run(new FailingJob { Bad = -1 }, 2);
    }

    /// <summary>A product packs and multiplies: between the two no other thread gets at what was packed.</summary>
    [Fact]
    public void A_product_is_one_threads()
    {
        const int m = 1024, n = 192, k = 200;
        using var team = new ThreadTeam(2);
        using var ones = new GuardedMemory(m * k);
        using var columns = new GuardedMemory(n * k);
        using var c = new GuardedMemory(m * n);
        ones.Span.Fill(1);
        columns.Span.Fill(1);
        var refused = new List<Exception?>();
        team.Observer = (work, _) =>
        {
            if (work.ToString() == "packing of columns") refused.Add(Elsewhere(() => Multiply(1)));
        };
        Multiply(m);
        Assert.IsType<InvalidOperationException>(Assert.Single(refused));
        Assert.Equal(-1, c.Span.IndexOfAnyExcept(k));

        void Multiply(int rows) => Gemm.Multiply<Lanes16, Float32, StoreEpilogue>(team, new(ones.Pointer, k), new(columns.Pointer, k, transposed: true), rows, n, k, new(c.Pointer, n));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_job_must_not_end_its_team(int threads)
    {
        using var team = new ThreadTeam(threads);
        Assert.Throws<InvalidOperationException>(() => team.Run(new EndingJob { Team = team }, 4));
        team.Run(new FailingJob { Bad = -1 }, 4);
    }

    [Fact]
    public void A_disposed_team_says_so()
    {
        var team = new ThreadTeam(2);
        team.Dispose();
        team.Dispose();
        Assert.Throws<ObjectDisposedException>(() => team.Run(new FailingJob(), 2));
    }

    static Exception? Elsewhere(Action action)
    {
        Exception? thrown = null;
        var thread = new Thread(() => thrown = Record.Exception(action));
        thread.Start();
        thread.Join();
        return thrown;
    }

    struct EndingJob : IJob
    {
        public ThreadTeam Team;

        public void Run(int part) => Team.Dispose();
    }

    struct CountJob : IJob
    {
        public int* Counts;

        public void Run(int part) => Interlocked.Increment(ref Counts[part]);
    }

    struct ChunkKernel : IRowKernel
    {
        public int* Chunks;

        public void Run(int begin, int end, int chunk)
        {
            for (int r = begin; r < end; r++) Chunks[r] = chunk;
        }
    }

    struct FailingJob : IJob
    {
        public int Bad;

        public void Run(int part)
        {
            if (part == Bad) throw new ArithmeticException(part.ToString());
        }
    }

    struct NestedJob : IJob
    {
        public ThreadTeam Team;

        public void Run(int part) => Team.Run(new FailingJob { Bad = -1 }, 2);
    }

    struct ScratchJob : IScratchJob
    {
        public int Floats;
        public int* Failures;

        public void Run(int part, float* scratch)
        {
            if ((long)scratch % 64 != 0) Interlocked.Increment(ref *Failures);
            for (int i = 0; i < Floats; i++) scratch[i] = part;
            for (int i = 0; i < Floats; i++)
                if (scratch[i] != part) Interlocked.Increment(ref *Failures);
        }
    }
}
