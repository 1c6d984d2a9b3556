using System.Collections.Immutable;
using AlbertCompiled.Generators.Lower;

namespace AlbertCompiled.Generators.Emit.Gpu;

/// <summary>Column sums that one launch forms.</summary>
internal sealed record ColumnSumsKernel(ImmutableArray<ColumnSumKernel> Sums) : Kernel(Sums[0].Name, Sums[0].Info)
{
    public override IEnumerable<Lower.Buffer> Reads => Sums.SelectMany(s => s.Reads);

    public override IEnumerable<Lower.Buffer> Writes => Sums.SelectMany(s => s.Writes);
}

/// <summary>What a GPU runs in other portions than a processor: neighbouring column sums are one launch.</summary>
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

    static IEnumerable<Kernel> Merged(List<Kernel> kernels)
    {
        for (int i = 0; i < kernels.Count;)
        {
            var sums = kernels.Skip(i).TakeWhile(k => k is ColumnSumKernel sum && Alike(sum, kernels[i])).Take(SumsOfLaunch).Cast<ColumnSumKernel>().ToList();
            yield return sums.Count > 0 ? new ColumnSumsKernel([.. sums]) : kernels[i];
            i += Math.Max(1, sums.Count);
        }
    }

    static bool Alike(ColumnSumKernel sum, Kernel first) =>
        first is ColumnSumKernel other && sum.Rows == other.Rows && sum.Target is ParameterBuffer == other.Target is ParameterBuffer;
}
