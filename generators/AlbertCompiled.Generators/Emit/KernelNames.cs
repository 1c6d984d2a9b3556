using System.Collections.Immutable;
using AlbertCompiled.Generators.Declare;
using AlbertCompiled.Generators.Lower;
using AlbertCompiled.Generators.Passes;

namespace AlbertCompiled.Generators.Emit;

/// <summary>Gives kernels that clash with one of several programs the name of their own program behind theirs: AttendedLayerNormTrain.</summary>
internal static class KernelNames
{
    public static CompiledGraph Distinct(CompiledGraph model, IEnumerable<SharedKernels> devices)
    {
        var clashes = devices.SelectMany(d => d.Clashes).ToLookup(c => c.Program, c => c.Name);
        return clashes.Count == 0 ? model : model with
        {
            Programs = [.. model.Programs.Select((p, i) => p with { Program = clashes.Contains(i) ? Renamed(p.Program, [.. clashes[i]], model) : p.Program })],
        };
    }

    static LoweredProgram Renamed(LoweredProgram program, ImmutableHashSet<string> clashes, CompiledGraph model)
    {
        var names = new Names(model.Programs.SelectMany(p => p.Program.Kernels).Select(k => k.Kernel.Name), program.Plan.Slots.Select(s => s.Name));
        return program.Select(k => clashes.Contains(k.Name) ? k with { Name = names.Unique(k.Name + Identifier.Pascal(program.Name)) } : k);
    }
}
