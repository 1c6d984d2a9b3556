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
    /// <summary>64 scores of 16 rows are 4 × 8 products of 16 × 8 × 16, and so is what each of them gives back.</summary>
    const int PerTile = 32;

    [Fact]
    public void Forward_keeps_to_registers_and_holds_the_expected_products()
    {
        Verify<AttentionForwardTensorKernel<FourWarpsWide>>(2 * 2 * PerTile, masks: false);
        Verify<AttentionForwardTensorKernel<WithDropout<FourWarpsWide>>>(2 * 2 * PerTile, masks: true);
    }

    [Fact]
    public void Backward_keeps_to_registers_and_holds_the_expected_products()
    {
        Verify<AttentionBackwardTensorKernel<FourWarps, OwnsQueries>>(3 * PerTile, masks: false);
        Verify<AttentionBackwardTensorKernel<FourWarps, OwnsKeys>>(4 * PerTile, masks: false);
        Verify<AttentionBackwardTensorKernel<WithDropout<FourWarps>, OwnsQueries>>(3 * PerTile, masks: true);
        Verify<AttentionBackwardTensorKernel<WithDropout<FourWarps>, OwnsKeys>>(4 * PerTile, masks: true);
    }

    public static TheoryData<string> Variants => [.. AttentionBenchmark.Variants.Keys];

    [Theory, MemberData(nameof(Variants))]
    public void Equals_the_reference_in_the_emulator(string name)
    {
        var variant = AttentionBenchmark.Variants[name];
        using var device = GpuDevice.Emulate(new EmulatedHost());
        uint threshold = variant.Dropout ? CounterRandom.Threshold(0.1) : 0;
        var kernel = variant.Create(device);
        kernel.Check(new([1, 17, 130, 64, 5], 2, 0x12345678, threshold, 7), 0x12345678, threshold);
        Assert.Equal(0, kernel.Failures);
    }

    [Fact]
    public async Task The_texts_are_as_reviewed() => await Verifier.Verify(
    [
        new("ptx.txt", Text<AttentionForwardTensorKernel<FourWarpsWide>>(), "forward"),
        new("ptx.txt", Text<AttentionForwardTensorKernel<WithDropout<FourWarpsWide>>>(), "forward-dropout"),
        new("ptx.txt", Text<AttentionBackwardTensorKernel<FourWarps, OwnsQueries>>(), "queries"),
        new("ptx.txt", Text<AttentionBackwardTensorKernel<WithDropout<FourWarps>, OwnsQueries>>(), "queries-dropout"),
        new("ptx.txt", Text<AttentionBackwardTensorKernel<FourWarps, OwnsKeys>>(), "keys"),
        new("ptx.txt", Text<AttentionBackwardTensorKernel<WithDropout<FourWarps>, OwnsKeys>>(), "keys-dropout"),
    ]);

    static string Text<TKernel>() where TKernel : struct, IGpuKernel, ITextKernel
    {
        using var context = Context.Create(builder => builder.EnableKernels());
        using var backend = new PTXBackend(context, new CudaCapabilityContext(CudaArchitecture.SM_90), CudaArchitecture.SM_90, CudaInstructionSet.ISA_80, null);
        return PatchedKernel<TKernel>.Compile(backend, TKernel.Lanes, TKernel.Resident, ResidentKernel<TKernel>.Complete).PTXAssembly;
    }

    static void Verify<TKernel>(int products, bool masks) where TKernel : struct, IGpuKernel, ITextKernel
    {
        string text = Text<TKernel>();
        Assert.DoesNotContain(".local", text, StringComparison.Ordinal);
        Assert.DoesNotContain(TextMarker.Line, text, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"\bcall\b", text);
        Assert.Contains(".minnctapersm", text, StringComparison.Ordinal);
        Assert.Equal(products, Regex.Count(text, @"^mma\.sync\.", RegexOptions.Multiline));
        Assert.Equal(masks, text.Contains(CounterRandom.Multiplier2.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal));
        int shared = Regex.Matches(text, @"\.shared \.align \d+ \.b8 \w+\[(\d+)\]").Sum(m => int.Parse(m.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture));
        Assert.InRange(shared, 1, 48 * 1024);
    }
}
