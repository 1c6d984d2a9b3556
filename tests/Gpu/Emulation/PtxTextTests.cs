using AlbertCompiled.Gpu;
using AlbertCompiled.Models;
using ILGPU.Runtime.Cuda;
using Xunit;

namespace AlbertCompiled.Tests.Gpu.Emulation;

/// <summary>What the parser, the decoder and the text's check refuse, and that every kernel of the models passes.</summary>
public sealed class PtxTextTests
{
    [Theory]
    [InlineData("mov.u32 x, 1;", "no declared register")]
    [InlineData("add.u32 t, t, x;", "x is not declared")]
    [InlineData(".reg .f32 x; add.s32 x, t, t;", "f32 where s32")]
    [InlineData(".reg .b32 x; .reg .b32 x;", "declared twice")]
    [InlineData("{ .reg .b32 x; } mov.u32 x, 1;", "no declared register")]
    [InlineData("add.s32 t, t;", "operands")]
    [InlineData("bra nowhere;", "label nowhere")]
    [InlineData("frobnicate t;", "not known")]
    [InlineData("mov.u32 t, 1", "expected")]
    [InlineData("cvt.f32.s32 t, t;", "rounding")]
    [InlineData(".reg .f32 c<4>; mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {c0,c1,c2,c3}, {t,t,t}, {t,t}, {c0,c1,c2,c3};", "vector of 3 where 4")]
    [InlineData("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {t,t}, [t];", "vector of 2 where 4")]
    [InlineData("cp.async.cg.shared.global [t], [a0], 8;", "8 bytes")]
    [InlineData("@t bra END; END:", "no declared predicate")]
    [InlineData(".reg .b32 q<4>; add.s32 q4, t, t;", "no declared register")]
    public void Refuses(string body, string message) =>
        Assert.Contains(message, Assert.Throws<PtxException>(() => EmulatedKernel.Load(KernelText.Of(body))).Message, StringComparison.Ordinal);

    [Fact]
    public void Names_belong_to_their_braces()
    {
        using var memory = new GlobalMemory();
        ulong result = memory.Allocate(4);
        KernelText.Run(KernelText.Of("""
            .reg .pred p; setp.eq.u32 p, t, 0;
            { .reg .b32 x; mov.u32 x, 3; L: sub.u32 x, x, 1; setp.ne.u32 p, x, 0; @p bra L; }
            { .reg .b32 x; mov.u32 x, 0; L: add.u32 x, x, 2; setp.lt.u32 p, x, 9; @p bra L; st.global.u32 [a0], x; }
            """), 1, 0, memory, result).AssertClean();
        Assert.Equal(10, memory.Download<int>(result, 1)[0]);
    }

    [Theory]
    [InlineData("wgmma.fence.sync.aligned;", "sm_90")]
    [InlineData("setmaxnreg.inc.sync.aligned.u32 240;", "sm_100a")]
    [InlineData("fence.proxy.async.shared::cta;", "sm_80")]
    public void Instructions_need_their_target(string body, string target)
    {
        Assert.ThrowsAny<Exception>(() => PtxCheck.Assert(EmulatedKernel.Load(KernelText.Of(body, target: target))));
        PtxCheck.Assert(EmulatedKernel.Load(KernelText.Of(body, target: "sm_90a")));
    }

    [Fact]
    public void Shared_memory_that_a_text_declares_is_limited()
    {
        PtxCheck.Assert(EmulatedKernel.Load(KernelText.Of(".shared .align 16 .b8 x[49152];")));
        Assert.ThrowsAny<Exception>(() => PtxCheck.Assert(EmulatedKernel.Load(KernelText.Of(".shared .align 16 .b8 x[49168];"))));
    }

    [Fact]
    public void A_group_has_the_size_that_a_text_requires()
    {
        using var memory = new GlobalMemory();
        string text = KernelText.Of("").Replace("\n{", "\n.reqntid 32, 4, 1\n{", StringComparison.Ordinal);
        var kernel = EmulatedKernel.Load(text);
        kernel.Launch(memory, (1, 1, 1), (32, 4, 1), 0, ParameterBlock.Of(0UL)).AssertClean();
        Assert.Throws<EmulationException>(() => kernel.Launch(memory, (1, 1, 1), (128, 1, 1), 0, ParameterBlock.Of(0UL)));
    }

    [Theory]
    [InlineData("AlbertSmall", Compute.Float32)]
    [InlineData("AlbertSmall", Compute.BFloat16)]
    [InlineData("AlbertBase", Compute.Float32)]
    [InlineData("AlbertBase", Compute.BFloat16)]
    public void Every_kernel_of_a_model_passes(string name, Compute precision)
    {
        var host = new EmulatedHost(runs: false);
        Load(host, name, precision);
        Assert.InRange(host.Kernels.Count, 20, 400);
        Assert.DoesNotContain(host.Kernels.SelectMany(k => k.Program), i => i.Statement.Name is "atom" or "red" && i.Statement.Opcode[^1] != "u32");      // counters alone
        Assert.Contains(host.Kernels, k => k.Program.Any(i => i is Shuffle));
        Assert.Equal(precision == Compute.BFloat16, host.Kernels.Any(k => k.Program.Any(i => i is WarpgroupProduct)));
        Assert.DoesNotContain(host.Kernels, k => k.Program.Any(i => i is MatrixMultiply));      // attention takes wgmma likewise
    }

    [Theory]
    [InlineData("AlbertSmall")]
    [InlineData("AlbertBase")]
    public void Every_kernel_in_float32_passes_on_cards_before_bfloat16(string name)
    {
        var host = new EmulatedHost(runs: false, CudaArchitecture.SM_75);
        Load(host, name, Compute.Float32);
        Assert.InRange(host.Kernels.Count, 20, 400);
        Assert.All(host.Kernels, k => Assert.Equal("sm_75", k.Module.Target));
    }

    // Nothing runs: steps merely load every kernel that they would launch, and the host checks each text.
    static void Load(EmulatedHost host, string name, Compute precision)
    {
        using var device = GpuDevice.Emulate(host);
        var capacity = new Capacity(128, 2, 20);
        using CompiledModel model = name == "AlbertSmall" ? AlbertSmall.Create(device, capacity, precision: precision) : AlbertBase.Create(device, capacity, precision: precision);
        var batch = new TokenBatch(capacity);
        for (int s = 0; s < 2; s++) batch.Add([.. Enumerable.Range(1, 60)], new int[60], [3, 7], [5, 9], 0);
        model.Predict(batch);
        model.Evaluate(batch);
        foreach (var optimizer in (Optimizer[])[Optimizer.AdamW, Optimizer.Lamb]) model.TrainStep(batch, new OptimizerSettings(optimizer, 1e-3f));
    }
}
