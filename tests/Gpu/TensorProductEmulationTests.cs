using AlbertCompiled.Gpu;
using AlbertCompiled.Gpu.TensorCores;
using AlbertCompiled.Tests.Gpu.Emulation;
using ILGPU.Runtime;
using Xunit;
using BFloat16 = AlbertCompiled.Gpu.BFloat16;

namespace AlbertCompiled.Tests.Gpu;

/// <summary>The texts of all variants, run in the emulator: edges, sizes below the capacity, parts.</summary>
public sealed class TensorProductEmulationTests
{
    public static TheoryData<string> Variants => [.. ProductVariant.All.Select(v => v.Name)];

    [Theory, MemberData(nameof(Variants))]
    public void Equal_the_reference(string name)
    {
        var variant = ProductVariant.All.Single(v => v.Name == name);
        using var device = GpuDevice.Emulate(new EmulatedHost());
        Verify<NT>(device, variant);
        Verify<NN>(device, variant);
        Verify<TN>(device, variant);
    }

    static void Verify<TLayout>(GpuDevice device, ProductVariant variant) where TLayout : struct, IProductLayout
    {
        var product = TensorProducts<TLayout, Accumulate>.Create(device, variant);
        foreach (var (m, n, k, spare, parts) in new[] { (130, variant.Columns + 8, 72, 0, 1), (17, 30, 200, 130, 1), (129, 24, 200, 90, 2), (400, 300, 136, 20, 1), (100, 30, 1600, 90, 1), (500, 24, 1100, 20, 1), (900, 130, 900, 30, 1) })
        {
            int spareM = TLayout.TransposeA ? 0 : spare, spareK = TLayout.TransposeA ? spare : 0;
            TensorProductCase<TLayout>.Verify(device, (a, b, rows, columns, steps, epilogue) => product.Launch(TensorOperand.Of(a), TensorOperand.Of(b), rows, columns, steps, parts, epilogue), m, n, k, spareM, spareK);
        }
    }
}
