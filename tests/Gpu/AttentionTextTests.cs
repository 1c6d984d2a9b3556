using System.Text.RegularExpressions;
using AlbertCompiled.Gpu;
using AlbertCompiled.Gpu.Ptx;
using AlbertCompiled.Gpu.TensorCores;
using ILGPU;
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

    static void Verify<TKernel>(int products, bool masks) where TKernel : struct, IGpuKernel, ITextKernel
    {
        using var context = Context.Create(builder => builder.EnableKernels());
        using var backend = new PTXBackend(context, new CudaCapabilityContext(CudaArchitecture.SM_90), CudaArchitecture.SM_90, CudaInstructionSet.ISA_80, null);
        string text = PatchedKernel<TKernel>.Compile(backend, TKernel.Lanes, TKernel.Resident, ResidentKernel<TKernel>.Complete).PTXAssembly;
        Assert.DoesNotContain(".local", text, StringComparison.Ordinal);
        Assert.DoesNotContain(TextMarker.Line, text, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"\bcall\b", text);
        Assert.Contains(".minnctapersm", text, StringComparison.Ordinal);
        Assert.Equal(products, Regex.Count(text, @"^mma\.sync\.", RegexOptions.Multiline));
        Assert.Equal(masks, text.Contains(CounterRandom.Multiplier2.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal));
        int shared = Regex.Matches(text, @"\.shared \.align \d+ \.b8 \w+\[(\d+)\]").Sum(m => int.Parse(m.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture));
        Assert.InRange(shared, 1, 48 * 1024);
        Assert.Equal(0, TKernel.SharedBytes);
    }
}
