using Xunit;

namespace AlbertCompiled.Tests.Gpu.Emulation;

/// <summary>Each kind of misuse is reported, and the same kernel without it is clean.</summary>
public sealed class MisuseTests
{
    const string Neighbour = """
        .shared .align 4 .b8 s[256]; .reg .b32 at, v; .reg .b64 x;
        mov.u32 at, s; mad.lo.u32 at, t, 4, at; st.shared.u32 [at], t;
        {0}
        mov.u32 at, s; xor.b32 v, t, 32; mad.lo.u32 at, v, 4, at; ld.shared.u32 v, [at]; mad.wide.u32 x, t, 4, a0; st.global.u32 [x], v;
        {1}
        """;

    static LaunchReport Run(string body, int threads = 64, int dynamicShared = 0, string target = "sm_90a")
    {
        using var memory = new GlobalMemory();
        return KernelText.Run(KernelText.Of(body, 2, target), threads, dynamicShared, memory, memory.Allocate(4096, "result"), memory.Upload(new int[1024], "source"));
    }

    static void Finds(string kind, string bad, string good, int threads = 64, int dynamicShared = 0)
    {
        Assert.Contains(kind, Run(bad, threads, dynamicShared).Findings.Select(f => f.Kind));
        Run(good, threads, dynamicShared).AssertClean();
    }

    static void Fails(string message, string bad, string good, int threads = 64)
    {
        Assert.Contains(message, Assert.Throws<EmulationException>(() => Run(bad, threads)).Message, StringComparison.Ordinal);
        Run(good, threads).AssertClean();
    }

    static string With(string body, params string[] parts) => parts.Select((p, i) => (p, i)).Aggregate(body, (text, part) => text.Replace($"{{{part.i}}}", part.p, StringComparison.Ordinal));

    [Fact]
    public void A_read_before_the_barrier_is_a_race() => Finds("Race", With(Neighbour, "", ""), With(Neighbour, "bar.sync 0;", ""));

    [Fact]
    public void A_write_before_the_barrier_is_a_race()
    {
        const string again = "mov.u32 at, s; mad.lo.u32 at, t, 4, at; st.shared.u32 [at], t;";
        Finds("Race", With(Neighbour, "bar.sync 0;", again), With(Neighbour, "bar.sync 0;", "bar.sync 0;" + again));
    }

    [Fact]
    public void Named_barriers_order_only_those_who_wait()
    {
        // Warps 0 and 1 meet at barrier 1, warps 2 and 3 at barrier 2; the neighbour of a warp is its partner, or a stranger.
        static string Body(int neighbour) => $$"""
            .shared .align 4 .b8 s[512]; .reg .b32 at, v, id; .reg .b64 x;
            mov.u32 at, s; mad.lo.u32 at, t, 4, at; st.shared.u32 [at], t;
            shr.u32 id, t, 6; add.u32 id, id, 1; bar.sync id, 64;
            mov.u32 at, s; xor.b32 v, t, {{neighbour}}; mad.lo.u32 at, v, 4, at; ld.shared.u32 v, [at];
            """;
        Finds("Race", Body(64), Body(32), threads: 128);
    }

    [Fact]
    public void What_was_never_written_must_not_be_used()
    {
        const string body = ".shared .align 4 .b8 s[256]; .reg .b32 at, v; .reg .b64 x; mov.u32 at, s; mad.lo.u32 at, t, 4, at; {0} ld.shared.u32 v, [at]; {1}";
        Finds("Uninitialised", With(body, "", "mad.wide.u32 x, t, 4, a0; st.global.u32 [x], v;"), With(body, "st.shared.u32 [at], t;", "mad.wide.u32 x, t, 4, a0; st.global.u32 [x], v;"));
        Run(With(body, "", "")).AssertClean();
        Finds("Uninitialised", ".reg .b32 v; add.u32 t, t, v;", ".reg .b32 v; mov.u32 v, 1; add.u32 t, t, v;");
    }

    [Fact]
    public void Copies_must_be_waited_for_and_followed_by_a_barrier()
    {
        const string body = """
            .shared .align 16 .b8 s[1024]; .reg .b32 at, v<4>; .reg .b64 x;
            mov.u32 at, s; mad.lo.u32 at, t, 16, at; mad.wide.u32 x, t, 16, a1;
            cp.async.cg.shared.global [at], [x], 16; cp.async.commit_group; {0}
            xor.b32 at, at, {1}; ld.shared.v4.u32 {v0,v1,v2,v3}, [at];
            """;
        Finds("Pending", With(body, "", "0"), With(body, "cp.async.wait_group 0;", "0"));
        Finds("Pending", With(body, "cp.async.wait_group 1;", "0"), With(body, "cp.async.wait_all;", "0"));
        Finds("Race", With(body, "cp.async.wait_group 0;", "512"), With(body, "cp.async.wait_group 0; bar.sync 0;", "512"));
        Finds("Pending", With(body, "bar.sync 0; cp.async.wait_group 1;", "512"), With(body, "cp.async.wait_group 0; bar.sync 0;", "512"));
    }

    [Fact]
    public void A_copy_fills_with_zeros()
    {
        using var memory = new GlobalMemory();
        ulong result = memory.Allocate(16);
        KernelText.Run(KernelText.Of("""
            .shared .align 16 .b8 s[16]; .reg .b32 v<4>, n;
            mov.u32 n, 6; cp.async.cg.shared.global [s], [a1], 16, n; cp.async.wait_all; ld.shared.v4.u32 {v0,v1,v2,v3}, [s]; st.global.v4.u32 [a0], {v0,v1,v2,v3};
            """, 2), 1, 0, memory, result, memory.Upload(new[] { -1, -1, -1, -1 })).AssertClean();
        Assert.Equal([-1, 0xFFFF, 0, 0], memory.Download<int>(result, 4));
    }

    [Fact]
    public void Addresses_are_checked()
    {
        const string body = ".shared .align 16 .b8 s[1040]; .reg .b32 at, v<4>; .reg .b64 x; .reg .f32 f; mov.u32 at, s; mad.lo.u32 at, t, 16, at; mad.wide.u32 x, t, 16, a0; {0}";
        Fails("no multiple of 16", With(body, "st.global.v4.u32 [x+4], {t,t,t,t};"), With(body, "st.global.v4.u32 [x+16], {t,t,t,t};"));
        Fails("no multiple of 16", With(body, "cp.async.cg.shared.global [at], [x+8], 16;"), With(body, "cp.async.cg.shared.global [at], [x+16], 16;"));
        Fails("multiple of 16", With(body, "st.shared.u32 [at], t; st.shared.u32 [at+4], t; st.shared.u32 [at+8], t; st.shared.u32 [at+12], t; ldmatrix.sync.aligned.m8n8.x1.shared.b16 {v0}, [at+8];"),
            With(body, "st.shared.u32 [at], t; ldmatrix.sync.aligned.m8n8.x1.shared.b16 {v0}, [at];"));
        Fails("outside every object", With(body, "st.global.u32 [x+4092], t;"), With(body, "st.global.u32 [x+3068], t;"));
        Fails("outside every object", With(body, "st.global.u32 [x-4], t;"), With(body, "st.global.u32 [x], t;"));
        Fails("outside its 1040 bytes", With(body, "st.shared.u32 [at+1024], t;"), With(body, "st.shared.u32 [at+28], t;"), threads: 64);
    }

    [Fact]
    public void Dynamic_shared_memory_is_not_aligned_by_chance()
    {
        const string body = ".reg .b32 at; .reg .pred p; mov.u32 at, dynamic; {0} and.b32 at, at, 1023; setp.ne.u32 p, at, 0; @p trap;";
        Assert.Throws<EmulationException>(() => Run(With(body, ""), 32, 2048));
        Run(With(body, "add.u32 at, at, 1023; and.b32 at, at, -1024;"), 32, 2048).AssertClean();
    }

    [Fact]
    public void Some_instructions_need_the_whole_warp()
    {
        const string body = ".reg .pred p; .reg .b32 v; setp.lt.u32 p, t, {0}; @!p bra END; {1} END:";
        Fails("reach a barrier", With(body, "40", "bar.sync 0;"), With(body, "64", "bar.sync 0;"));
        Fails("must execute together", With(body, "40", "movmatrix.sync.aligned.m8n8.trans.b16 v, t;"), With(body, "32", "movmatrix.sync.aligned.m8n8.trans.b16 v, t;"));
        Fails("are elsewhere", With(body, "40", "shfl.sync.bfly.b32 v, t, 1, 31, -1;"), With(body, "32", "shfl.sync.bfly.b32 v, t, 1, 31, -1;"));
        Finds("Divergence", With(body, "40", "").Replace("@!p bra", "@!p bra.uni", StringComparison.Ordinal), With(body, "32", "").Replace("@!p bra", "@!p bra.uni", StringComparison.Ordinal));
    }

    [Fact]
    public void A_block_that_never_ends_is_told_from_one_that_waits()
    {
        const string body = """
            .shared .align 8 .b8 full[8]; .reg .pred p, q; setp.eq.u32 q, t, 0;
            @q mbarrier.init.shared::cta.b64 [full], 1; bar.sync 0;
            {0}
            WAIT: mbarrier.try_wait.parity.shared::cta.b64 p, [full], 0; @!p bra WAIT;
            """;
        Fails("is stuck", With(body, ""), With(body, "@q mbarrier.arrive.shared::cta.b64 _, [full];"));
        Fails("is stuck", ".reg .pred p; setp.lt.u32 p, t, 32; @p bra END; bar.sync 1, 64; END:", ".reg .pred p; setp.lt.u32 p, t, 32; @p bra END; bar.sync 1, 32; END:");
    }

    [Fact]
    public void Barriers_with_transactions_order_what_came_before()
    {
        // Warp 1 writes and arrives; warp 0 waits and reads.
        const string body = """
            .shared .align 8 .b8 full[8]; .shared .align 4 .b8 s[4]; .reg .pred p, q, one; .reg .b32 v; setp.eq.u32 q, t, 0; setp.eq.u32 one, t, 32;
            @q mbarrier.init.shared::cta.b64 [full], 1; bar.sync 0;
            @one st.shared.u32 [s], t; @one mbarrier.arrive.shared::cta.b64 _, [full];
            setp.lt.u32 p, t, 32; @!p bra END;
            {0}
            ld.shared.u32 v, [s]; st.global.u32 [a0], v;
            END:
            """;
        Finds("Race", With(body, "nanosleep.u32 20; nanosleep.u32 20;"), With(body, "WAIT: mbarrier.try_wait.parity.shared::cta.b64 p, [full], 0; @!p bra WAIT;"));
    }

    [Fact]
    public void A_barrier_with_transactions_is_not_written_over()
    {
        const string body = """
            .shared .align 8 .b8 full[32]; .reg .pred q; .reg .b32 at; setp.eq.u32 q, t, 0; mov.u32 at, full;
            @q mbarrier.init.shared::cta.b64 [full+8], 1; bar.sync 0;
            @q st.shared.u32 [at+{0}], t;
            """;
        Finds("Barrier", With(body, "8"), With(body, "4"));
        Finds("Barrier", With(body, "12"), With(body, "16"));
    }

    [Fact]
    public void The_asynchronous_proxy_needs_its_fence()
    {
        const string body = """
            .reg .b64 a; .reg .b32 base, at, i; .reg .f32 c<4>; .reg .pred p;
            mov.u32 base, dynamic; add.u32 base, base, 1023; and.b32 base, base, -1024;
            mov.u32 i, t; FILL: mad.lo.u32 at, i, 4, base; st.shared.u32 [at], 0; add.u32 i, i, 128; setp.lt.u32 p, i, 2048; @p bra FILL;
            {0} bar.sync 0;
            shr.u32 at, base, 4; cvt.u64.u32 a, at; or.b64 a, a, 4611686293305294848;
            {1} wgmma.mma_async.sync.aligned.m64n8k16.f32.bf16.bf16 {c0,c1,c2,c3}, a, a, 0, 1, 1, 0, 0; wgmma.commit_group.sync.aligned; {2}
            add.f32 c0, c0, c1;
            wgmma.wait_group.sync.aligned 0;
            """;
        string good = With(body, "fence.proxy.async.shared::cta;", "wgmma.fence.sync.aligned;", "wgmma.wait_group.sync.aligned 0;");
        Finds("Proxy", With(body, "", "wgmma.fence.sync.aligned;", "wgmma.wait_group.sync.aligned 0;"), good, 128, 10240);
        Finds("Pending", With(body, "fence.proxy.async.shared::cta;", "wgmma.fence.sync.aligned;", ""), good, 128, 10240);
        Finds("Fence", With(body, "fence.proxy.async.shared::cta;", "mov.f32 c0, 0f00000000;", "wgmma.wait_group.sync.aligned 0;"), good, 128, 10240);
    }

    [Theory]
    [InlineData("t", 0)]                // neighbouring words
    [InlineData("w", 31)]               // 32 words apart
    [InlineData("e", 1)]                // every other word
    [InlineData("z", 0)]                // all the same
    public void Bank_conflicts_are_counted(string index, int conflicts)
    {
        var report = Run($"""
            .reg .b32 at, w, e, z; .shared .align 4 .b8 s[4096]; shl.b32 w, t, 5; shl.b32 e, t, 1; mov.u32 z, 0;
            mov.u32 at, s; mad.lo.u32 at, {index}, 4, at; st.shared.u32 [at], z;
            """, 32);
        Assert.Equal(conflicts, report.Conflicts("st.shared"));
    }
}
