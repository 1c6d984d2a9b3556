using System.Reflection;
using AlbertCompiled.Gpu;
using AlbertCompiled.Gpu.TensorCores;
using AlbertCompiled.Models;
using AlbertCompiled.Tests.Gpu.Emulation;
using AlbertCompiled.Tests.Infrastructure;

namespace AlbertCompiled.Tests.Gpu;

/// <summary>The kernels of a layer and of the optimizers as a card gets them.</summary>
public sealed class KernelTextTests
{
    [Fact]
    public Task Rows_of_a_layer() => Verifier.Verify(
    [
        .. Kernels(typeof(AlbertSmall), "GpuTrain`1").Where(t => typeof(IGpuRowKernel).IsAssignableFrom(t)).Where(t => InLayer(t.Name))
            .Select(t => Of(typeof(RowsKernel<,,>).MakeGenericType(t, typeof(Float8), typeof(OnePack)), t.Name)),
    ]);

    [Fact]
    public Task Rows_by_warps() => Verifier.Verify(
    [
        .. Kernels(typeof(AlbertBase), "GpuTrain`1").Where(t => t.Name == "AttendedLayerNormTrain")
            .Select(t => new Target("ptx.txt", Ptx.Verify(typeof(WarpRowsKernel<,>).MakeGenericType(t, typeof(Beside<WarpPack, Beside<WarpPack, WarpPack>>)), 128, WarpRow.Complete), t.Name)),
    ]);

    [Fact]
    public Task Products_that_sum()
    {
        var epilogue = Kernels(typeof(AlbertBase), "GpuTrain`1").Single(t => t.Name == "ExpandedGeluTanhGradient");
        return Verifier.Verify([Of(typeof(Tile128Warps8), 128, 3), Of(typeof(Tile256Warps8), 256, 4)]);

        Target Of(Type tile, int columns, int stages)
        {
            var variant = new ProductVariant(ProductCompute.Warpgroup, ProductLoader.Boxes, columns, stages, 8, 1);
            string text = Ptx.Compile(typeof(SummedTileKernel<,>).MakeGenericType(tile, epilogue), variant.Lanes, text => ProductText.Complete(text, variant, false, false));
            PtxCheck.Assert(EmulatedKernel.Load(text));
            return new("ptx.txt", text, $"{epilogue.Name}-{columns}");
        }
    }

    [Fact]
    public Task Optimizers() => Verifier.Verify(
    [
        Of(typeof(GradientNormKernel)), Of(typeof(NormTotalKernel)), Of(typeof(MomentsKernel)), Of(typeof(TrustRatioKernel)), Of(typeof(LambStepKernel)),
    ]);

    static bool InLayer(string name) => new[] { "LayerOutput", "Attended", "Attention", "LayerSum", "Expanded", "QueryKeyValue", "Ffn" }.Any(name.StartsWith);

    // what its launchers are made for, in whichever class it stands
    static IEnumerable<Type> Kernels(Type model, string program) => model.GetNestedType(program, BindingFlags.NonPublic)!.MakeGenericType(typeof(BFloat16))
        .GetFields(BindingFlags.Instance | BindingFlags.NonPublic).SelectMany(launcher => launcher.FieldType.GetGenericArguments())
        .Where(t => t.DeclaringType?.DeclaringType == model).OrderBy(t => t.Name, StringComparer.Ordinal);

    static Target Of(Type kernel, string? name = null) => new("ptx.txt", Ptx.Verify(kernel, GroupReduce.MaxLanes), name ?? kernel.Name);
}
