using System.Text.RegularExpressions;
using AlbertCompiled.Bench;
using AlbertCompiled.Gpu;
using AlbertCompiled.Gpu.Ptx;
using AlbertCompiled.Gpu.TensorCores;
using AlbertCompiled.Tests.Gpu.Emulation;
using AlbertCompiled.Tests.Infrastructure;
using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Backends.PTX;
using ILGPU.Runtime.Cuda;
using Xunit;

namespace AlbertCompiled.Tests.Gpu;

public sealed class AttentionTextTests
{
    public static TheoryData<int> Sizes => [.. Enumerable.Range(1, AttentionHead.Most / AttentionHead.Step).Select(n => n * AttentionHead.Step)];

    [Theory, MemberData(nameof(Sizes))]
    public void Forward_keeps_to_registers_and_holds_the_expected_products(int columns)
    {
        var head = new AttentionHead(columns);
        Verify<AttentionForwardTensorKernel<Plain>>(head, 2 * head.ForwardTiles * Products(head, head.Inner), masks: false);
        Verify<AttentionForwardTensorKernel<Dropping>>(head, 2 * head.ForwardTiles * Products(head, head.Inner), masks: true);
    }

    [Theory, MemberData(nameof(Sizes))]
    public void Backward_keeps_to_registers_and_holds_the_expected_products(int columns)
    {
        // one of a pair of warps computes two products of half of the rows, and one of all of them
        var head = new AttentionHead(columns);
        int queries = 3 * Products(head, head.Inner), keys = head.SharesKeys ? 2 * Products(head, head.Inner / 2) + Products(head, head.Inner) : 4 * Products(head, head.Inner);
        Verify<AttentionBackwardTensorKernel<Plain, OwnsQueries>>(head, queries, masks: false);
        Verify<AttentionBackwardTensorKernel<Plain, OwnsKeys>>(head, keys, masks: false);
        Verify<AttentionBackwardTensorKernel<Dropping, OwnsQueries>>(head, queries, masks: true);
        Verify<AttentionBackwardTensorKernel<Dropping, OwnsKeys>>(head, keys, masks: true);
    }

    /// <summary>Scores of 16 rows with the inner ones in products of 16 × 8 × 16; what these give back takes as many.</summary>
    static int Products(AttentionHead head, int inner) => head.Columns / 16 * inner / 8;

    public static TheoryData<string, string, int> Variants
    {
        get
        {
            var data = new TheoryData<string, string, int>();
            foreach (string name in AttentionBenchmark.Variants.Keys)
            {
                foreach (int columns in (int[])[32, 64, 128]) data.Add(name, "mma", columns);
                foreach (int columns in (int[])[48, 64]) data.Add(name, "wgmma", columns);
            }

            return data;
        }
    }

    [Theory, MemberData(nameof(Variants))]
    public void Equals_the_reference_in_the_emulator(string name, string form, int columns)
    {
        var variant = AttentionBenchmark.Variants[name];
        var host = new EmulatedHost();
        using var device = GpuDevice.Emulate(host);
        uint threshold = variant.Dropout ? CounterRandom.Threshold(0.1) : 0;
        var head = AttentionHead.Of(columns, form == "wgmma" ? ProductCompute.Warpgroup : ProductCompute.Warp);
        Assert.Equal(form == "wgmma", head.ByWarpgroup);
        var kernel = variant.Create(device, head, 0);
        kernel.Check(new([1, 17, 130, 64, 5], 2, columns, 0x12345678, threshold, 7), 0x12345678, threshold);
        Assert.Equal(0, kernel.Failures);
        Assert.Empty(host.Reports[^1].BankConflicts);
    }

    [Fact]
    public async Task The_texts_are_as_reviewed() => await Verifier.Verify(Texts(new(64)));

    [Fact]
    public async Task The_texts_by_warpgroup_are_as_reviewed() => await Verifier.Verify(Texts(new(64, ProductCompute.Warpgroup)));

    [Fact]
    public async Task The_texts_of_other_sizes_are_as_reviewed() =>
        await Verifier.Verify(((int[])[32, 128]).SelectMany(columns => Texts(new(columns)).Select(t => t with { Name = $"{t.Name}-{columns}" })));

    static Target[] Texts(AttentionHead head) =>
    [
        new("ptx.txt", Text<AttentionForwardTensorKernel<Plain>>(head), "forward"),
        new("ptx.txt", Text<AttentionForwardTensorKernel<Dropping>>(head), "forward-dropout"),
        new("ptx.txt", Text<AttentionBackwardTensorKernel<Plain, OwnsQueries>>(head), "queries"),
        new("ptx.txt", Text<AttentionBackwardTensorKernel<Dropping, OwnsQueries>>(head), "queries-dropout"),
        new("ptx.txt", Text<AttentionBackwardTensorKernel<Plain, OwnsKeys>>(head), "keys"),
        new("ptx.txt", Text<AttentionBackwardTensorKernel<Dropping, OwnsKeys>>(head), "keys-dropout"),
    ];

    static string Text<TKernel>(AttentionHead head) where TKernel : struct, IGpuKernel, IAttentionKernel
    {
        using var context = Context.Create(builder => builder.EnableKernels());
        using var backend = new PTXBackend(context, new CudaCapabilityContext(CudaArchitecture.SM_90), CudaArchitecture.SM_90, CudaInstructionSet.ISA_80, null);
        return PatchedKernel<TKernel>.Compile(backend, TKernel.Lanes(head), TKernel.Resident(head), text => ResidentKernel<TKernel>.Complete(text, head));
    }

    [Theory, InlineData(48), InlineData(64)]
    public void Texts_by_warpgroup_keep_to_registers_and_hold_the_expected_products(int columns)
    {
        // scores take a step of the contraction for each 16 columns, what these give back one for each 16 inner rows
        var head = new AttentionHead(columns, ProductCompute.Warpgroup);
        int scores = head.Steps, sums = head.Inner / 16;
        Verify<AttentionForwardTensorKernel<Plain>>(head, 2 * (scores + sums), masks: false);
        Verify<AttentionForwardTensorKernel<Dropping>>(head, 2 * (scores + sums), masks: true);
        Verify<AttentionBackwardTensorKernel<Plain, OwnsQueries>>(head, 2 * scores + sums, masks: false);
        Verify<AttentionBackwardTensorKernel<Plain, OwnsKeys>>(head, 2 * (scores + sums), masks: false);
        Verify<AttentionBackwardTensorKernel<Dropping, OwnsQueries>>(head, 2 * scores + sums, masks: true);
        Verify<AttentionBackwardTensorKernel<Dropping, OwnsKeys>>(head, 2 * (scores + sums), masks: true);
    }

    [Fact]
    public void Warpgroups_multiply_where_a_card_a_driver_and_a_size_of_head_allow_it()
    {
        Assert.True(AttentionChoice.Runs(90, 84));
        Assert.False(AttentionChoice.Runs(90, 83));
        Assert.False(AttentionChoice.Runs(89, 88));
        Assert.False(AttentionChoice.Runs(100, 88));
        Assert.Equal([48, 64], Enumerable.Range(1, AttentionHead.Most / AttentionHead.Step).Select(n => n * AttentionHead.Step).Where(columns => AttentionHead.Of(columns, ProductCompute.Warpgroup).ByWarpgroup));
        using var device = GpuDevice.Emulate(new EmulatedHost(runs: false));
        Assert.True(AttentionChoice.Runs(device));
        Assert.Equal(ProductCompute.Warpgroup, AttentionChoice.Of(GpuSwitches.Of(_ => null), runs: true));
        Assert.Equal(ProductCompute.Warp, AttentionChoice.Of(GpuSwitches.Of(_ => null), runs: false));
        Assert.Equal(ProductCompute.Warp, AttentionChoice.Of(GpuSwitches.Of(name => name == "ALBERT_ATTENTION" ? "mma" : null), runs: true));
    }

    static void Verify<TKernel>(AttentionHead head, int products, bool masks) where TKernel : struct, IGpuKernel, IAttentionKernel
    {
        string text = Text<TKernel>(head);
        Assert.DoesNotContain(".local", text, StringComparison.Ordinal);
        Assert.DoesNotContain(TextMarker.Line, text, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"\bcall\b", text);
        Assert.Contains(".minnctapersm", text, StringComparison.Ordinal);
        Assert.Equal(head.ByWarpgroup ? 0 : products, Regex.Count(text, @"^mma\.sync\.", RegexOptions.Multiline));
        Assert.Equal(head.ByWarpgroup ? products : 0, Regex.Count(text, @"^wgmma\.mma_async\.", RegexOptions.Multiline));
        Assert.Equal(head.ByWarpgroup, text.Contains(".target sm_90a", StringComparison.Ordinal));
        Assert.Equal(masks, text.Contains(CounterRandom.Multiplier2.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal));
        int shared = Regex.Matches(text, @"\.shared \.align \d+ \.b8 \w+\[(\d+)\]").Sum(m => int.Parse(m.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture));
        Assert.InRange(shared, 1, 48 * 1024);
    }
}
