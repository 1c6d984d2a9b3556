using System.Text.RegularExpressions;
using AlbertCompiled.Gpu;
using AlbertCompiled.Gpu.TensorCores;
using AlbertCompiled.Tests.Gpu.Emulation;
using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Backends.PTX;
using ILGPU.Runtime.Cuda;
using Xunit;
using BFloat16 = AlbertCompiled.Gpu.BFloat16;

namespace AlbertCompiled.Tests.Gpu;

[Collection(GpuCollection.Name)]
public sealed class TensorProductTests(GpuDevices devices)
{
    [Theory, OnSimulator, OnOpenCL, OnCuda]
    public void Equals_the_reference_of_rounded_factors(string kind)
    {
        (int, int, int)[] sizes = kind == "ilgpu-cpu" ? [(5, 8, 16), (17, 24, 40)] : [(5, 8, 16), (128, 128, 64), (200, 136, 72), (77, 30, 200), (65, 768, 1000)];
        Verify<NN>(devices[kind], sizes);
        Verify<NT>(devices[kind], sizes);
        Verify<TN>(devices[kind], sizes);
        Verify<TT>(devices[kind], sizes);
    }

    static void Verify<TLayout>(GpuDevice device, (int, int, int)[] sizes) where TLayout : struct, IProductLayout
    {
        var product = new MatrixProduct<BFloat16, TLayout, Accumulate>(device);
        ProductLaunch accumulate = (a, b, m, n, k, epilogue) => product.Launch(a, b, m, n, k, epilogue);
        foreach (var (m, n, k) in sizes)
        {
            TensorProductCase<TLayout>.Verify(device, accumulate, m, n, k, 0, 0);
            TensorProductCase<TLayout>.Verify(device, accumulate, m, n, k, 150, 0);
            TensorProductCase<TLayout>.Verify(device, accumulate, m, n, k, 0, 90);
        }
    }

    public static TheoryData<string> Variants => [.. ProductVariant.All.Select(v => v.Name)];

    [Theory, MemberData(nameof(Variants))]
    public void Main_loops_keep_to_registers_and_hold_the_expected_products(string name)
    {
        var variant = ProductVariant.All.Single(v => v.Name == name);
        Verify<NT>(variant);
        Verify<NN>(variant);
        Verify<TN>(variant);
    }

    [Theory]
    [InlineData(78, 5)]
    [InlineData(80, 7)]
    [InlineData(82, 7)]
    [InlineData(83, 16)]
    public void Texts_hold_what_their_version_of_PTX_has(int ptx, int expected)
    {
        using var context = Context.Create(builder => builder.EnableKernels());
        using var backend = new PTXBackend(context, new CudaCapabilityContext(CudaArchitecture.SM_90), CudaArchitecture.SM_90, new CudaInstructionSet(ptx / 10, ptx % 10), null);
        var variants = ProductVariant.All.Where(v => v.RunsOn(90, ptx)).ToList();
        Assert.Equal(expected, variants.Count);
        foreach (var variant in variants)
        {
            string text = TensorProducts<NT, Store<BFloat16>>.Text(backend, variant);
            Assert.Contains($".version {ptx / 10}.{ptx % 10}", text, StringComparison.Ordinal);
            PtxCheck.Assert(EmulatedKernel.Load(text));
        }
    }

    /// <summary>Cards after sm_90 have bulk copies but not wgmma, and their texts keep their target.</summary>
    [Fact]
    public void Later_cards_multiply_by_mma_and_load_boxes()
    {
        var later = ProductVariant.All.Where(v => v.RunsOn(120, 87)).ToList();
        Assert.All(later, v => Assert.Equal(ProductCompute.Warp, v.Compute));
        Assert.Contains(later, v => v.Loader == ProductLoader.Boxes);
        Assert.All(later, v => Assert.Contains(".target sm_120\n", ProductText.Finish(".target sm_120\n", v), StringComparison.Ordinal));
    }

    static void Verify<TLayout>(ProductVariant variant) where TLayout : struct, IProductLayout
    {
        using var context = Context.Create(builder => builder.EnableKernels());
        using var backend = new PTXBackend(context, new CudaCapabilityContext(CudaArchitecture.SM_80), CudaArchitecture.SM_80, CudaInstructionSet.ISA_88, null);
        string text = TensorProducts<TLayout, Store<BFloat16>>.Text(backend, variant);
        Assert.DoesNotContain(".local", text, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"\bcall\b", text);
        Assert.Contains("st.shared.v2.f32", text, StringComparison.Ordinal);
        Assert.Contains("ld.shared.v4.f32", text, StringComparison.Ordinal);
        string target = variant.Compute == ProductCompute.Warpgroup ? "sm_90a" : variant.Loader == ProductLoader.Boxes ? "sm_90" : "sm_80";
        Assert.Contains($".target {target}\n", text, StringComparison.Ordinal);
        int warps = variant.Warps / 2, tiles = SharedTile.Depth / 16;
        int expected = variant.Compute == ProductCompute.Warpgroup ? (variant.Loader == ProductLoader.Boxes ? 2 : 1) * tiles : tiles * 4 * (variant.Columns / warps / 8);
        Assert.Equal(expected, Regex.Count(text, variant.Compute == ProductCompute.Warpgroup ? @"wgmma\.mma_async" : @"mma\.sync\.aligned\.m16n8k16"));
        Assert.InRange(variant.SharedBytes, 1, 227 * 1024);
        Assert.InRange(variant.Resident * (variant.SharedBytes + ProductChoice.ReservedBytes), 1, 228 * 1024);
    }
}
