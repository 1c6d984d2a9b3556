using System.Collections.Immutable;
using AlbertCompiled.Generators.Lower;

namespace AlbertCompiled.Generators.Emit.Gpu;

/// <summary>Column sums that one launch forms.</summary>
internal sealed record ColumnSumsKernel(ImmutableArray<ColumnSumKernel> Sums) : Kernel(Sums[0].Name, Sums[0].Info)
{
    public override IEnumerable<Lower.Buffer> Reads => Sums.SelectMany(s => s.Reads);

    public override IEnumerable<Lower.Buffer> Writes => Sums.SelectMany(s => s.Writes);
}

/// <summary>What a GPU runs in other portions than a processor: a product sums the columns of what it stores, neighbouring column sums are one launch.</summary>
internal static class GpuSteps
{
    /// <summary>Sums that a launch of the runtime's ColumnSum takes.</summary>
    const int SumsOfLaunch = 4;

    public static LoweredProgram Of(LoweredProgram program) => program with
    {
        Steps = [.. Merged([.. program.Steps.Select(s => s is LoopStep loop ? loop with { Body = [.. Merged([.. loop.Body])] } : s)])],
    };

    static IEnumerable<Step> Merged(List<Step> steps)
    {
        for (int i = 0; i < steps.Count;)
        {
            var kernels = steps.Skip(i).TakeWhile(s => s is KernelStep).Select(s => ((KernelStep)s).Kernel).ToList();
            foreach (var kernel in Merged(kernels)) yield return new KernelStep(kernel);
            i += kernels.Count;
            if (i < steps.Count) yield return steps[i++];
        }
    }

    static IEnumerable<Kernel> Merged(List<Kernel> all)
    {
        var kernels = Summed(all);
        for (int i = 0; i < kernels.Count;)
        {
            var sums = kernels.Skip(i).TakeWhile(k => k is ColumnSumKernel sum && Alike(sum, kernels[i])).Take(SumsOfLaunch).Cast<ColumnSumKernel>().ToList();
            yield return sums.Count > 0 ? new ColumnSumsKernel([.. sums]) : kernels[i];
            i += Math.Max(1, sums.Count);
        }
    }

    static bool Alike(ColumnSumKernel sum, Kernel first) =>
        first is ColumnSumKernel other && sum.Rows == other.Rows && sum.Target is ParameterBuffer == other.Target is ParameterBuffer;

    /// <summary>Leaves sums over a product's result to its epilogue, which has the elements at hand, where their slot is there by then: no kernel reads them again.</summary>
    static List<Kernel> Summed(IEnumerable<Kernel> all)
    {
        List<Kernel> kernels = [.. all];
        for (int i = kernels.Count - 1; i > 0; i--)
        {
            if (kernels[i] is not RowKernel { Phases: [{ Columns: > 1, Instructions: [Load { Row: RowMode.Own } load, AddToPartial sum] }] }) continue;
            int at = kernels.FindIndex(0, i, k => k is ProductKernel { ColumnSum: null } p && sum.Partials.Slot.First <= p.Info.Position && p.Epilogue.OfType<Store>().Any(s => Stores(s, load.Source)));
            if (at < 0) continue;
            var product = (ProductKernel)kernels[at];
            kernels[at] = product with { Epilogue = [.. product.Epilogue, sum with { Value = product.Epilogue.OfType<Store>().First(s => Stores(s, load.Source)).Value }] };
            kernels.RemoveAt(i);
        }

        return kernels;
    }

    /// <summary>What a product's epilogue sums by columns: the matrix that holds it, and the slot of the partial sums; null if nothing.</summary>
    public static (Lower.Buffer Values, SlotBuffer Partials)? SumOf(ProductKernel product) =>
        product.ColumnSum is { } sum ? (product.Epilogue.OfType<Store>().First(s => s.Value == sum.Value).Target, sum.Partials) : null;

    static bool Stores(Store store, Lower.Buffer target) => store is { Row: RowMode.Own, Accumulate: false, Target: SlotBuffer { Slot.IsElement: true } } && store.Target == target;
}
