using System.Collections.Immutable;
using AlbertCompiled.Generators.Lower;

namespace AlbertCompiled.Generators.Emit.Gpu;

/// <summary>Column sums that one launch forms.</summary>
internal sealed record ColumnSumsKernel(ImmutableArray<ColumnSumKernel> Sums) : Kernel(Sums[0].Name, Sums[0].Info)
{
    public override IEnumerable<Lower.Buffer> Reads => Sums.SelectMany(s => s.Reads);

    public override IEnumerable<Lower.Buffer> Writes => Sums.SelectMany(s => s.Writes);
}

/// <summary>What a GPU runs in other portions than a processor.</summary>
internal static class GpuSteps
{
    /// <summary>The longest row whose columns a group of lanes holds in registers, sums over rows included: packs of 8, 512 lanes.</summary>
    const int Held = 4096;

    /// <summary>Sums that a launch of the runtime's ColumnSum takes.</summary>
    const int SumsOfLaunch = 4;

    public static LoweredProgram Of(LoweredProgram program)
    {
        var split = program with { Steps = [.. program.Steps.SelectMany(Steps)] };
        var perRow = PartialsOfRows(split);
        return split with
        {
            Steps = [.. Merged([.. split.Steps.Select(s => s is LoopStep loop
                ? loop with { Body = [.. Merged([.. loop.Body.Select(k => (Step)new KernelStep(k))], perRow).Select(s => ((KernelStep)s).Kernel)] }
                : s)], perRow)],
        };
    }

    /// <summary>True for a kernel over rows that no group holds: a group takes a single row, so that many groups share the work.</summary>
    public static bool IsLong(RowKernel kernel) =>
        kernel.Phases.Any(p => p.Columns > Held) && kernel.Instructions.Any(i => i is Reduce) && !kernel.Instructions.Any(IsWideSum);

    /// <summary>The partial sums of such kernels, which have a row for each row and not for each chunk.</summary>
    public static HashSet<string> PartialsOfRows(LoweredProgram program) =>
        [.. program.Kernels.Select(k => k.Kernel).OfType<RowKernel>().Where(IsLong).SelectMany(r => r.Instructions).OfType<AddToPartial>().Select(a => a.Partials.Name)];

    static bool IsWideSum(Instruction instruction) => instruction is AddToPartial { Partials.Shape.Columns: > 1 };

    static IEnumerable<Step> Steps(Step step) => step switch
    {
        LoopStep loop => [loop with { Body = [.. loop.Body.SelectMany(Split)] }],
        KernelStep { Kernel: var kernel } => Split(kernel).Select(k => new KernelStep(k)),
        _ => [step],
    };

    /// <summary>Column sums of what a kernel over long rows stores become a kernel behind it: in it they would go through memory row by row.</summary>
    static IEnumerable<Kernel> Split(Kernel kernel)
    {
        if (kernel is not RowKernel r || !r.Phases.Any(p => p.Columns > Held)) return [kernel];
        var rest = r with { Phases = [.. r.Phases.Select(p => p with { Instructions = p.Instructions.RemoveAll(IsWideSum) })] };
        var sums = r.Phases.SelectMany(p => p.Instructions.Where(IsWideSum).Cast<AddToPartial>(), (p, sum) => (Sum: sum, Stored: p.Instructions.OfType<Store>().FirstOrDefault(s => s.Value == sum.Value))).ToList();
        if (sums.Count == 0 || !IsLong(rest) || sums.Any(s => s.Stored is null)) return [kernel];
        int columns = sums[0].Sum.Partials.Shape.Columns;
        var elements = sums.SelectMany(s => new Instruction[] { new Load(s.Sum.Value, s.Stored!.Target, RowMode.Own, ""), s.Sum });
        return [rest, new RowKernel(r.Name + "Sums", r.Info with { Flops = (double)columns * sums.Count, Bytes = 4.0 * columns * sums.Count }, r.Rows, [new Phase(columns, [.. elements])])];
    }

    static IEnumerable<Step> Merged(List<Step> steps, HashSet<string> perRow)
    {
        for (int i = 0; i < steps.Count;)
        {
            var sums = steps.Skip(i).TakeWhile(s => s is KernelStep { Kernel: ColumnSumKernel sum } && Alike(sum, steps[i], perRow)).Take(SumsOfLaunch).Select(s => (ColumnSumKernel)((KernelStep)s).Kernel).ToList();
            yield return sums.Count > 0 ? new KernelStep(new ColumnSumsKernel([.. sums])) : steps[i];
            i += Math.Max(1, sums.Count);
        }
    }

    static bool Alike(ColumnSumKernel sum, Step first, HashSet<string> perRow) =>
        first is KernelStep { Kernel: ColumnSumKernel other } && sum.Rows == other.Rows && sum.Target is ParameterBuffer == other.Target is ParameterBuffer
        && perRow.Contains(sum.Partials.Name) == perRow.Contains(other.Partials.Name);
}
