using System.Collections.Immutable;
using AlbertCompiled.Generators.Declare;
using AlbertCompiled.Generators.Lower;

namespace AlbertCompiled.Generators.Emit;

/// <summary>A stretch of a program that becomes one method.</summary>
internal sealed record Section(string Name, LoopStep? Loop, ImmutableArray<Step> Steps);

/// <summary>Cuts a program into methods at its loops, and where the backward pass begins.</summary>
internal static class Sections
{
    public static ImmutableArray<Section> Of(LoweredProgram program, SharedKernels shared)
    {
        var names = new Passes.Names(program.Kernels.Select(k => k.Kernel.Name), shared.Structs.Select(k => k.Name), program.Plan.Slots.Select(s => s.Name));
        var sections = ImmutableArray.CreateBuilder<Section>();
        var straight = new List<Step>();
        void Flush()
        {
            if (straight.Count == 0) return;
            sections.Add(new(names.Unique(NameOf([.. straight.SelectMany(s => s.Kernels)])), null, [.. straight]));
            straight.Clear();
        }

        foreach (var step in program.Steps)
        {
            if (step is LoopStep loop)
            {
                Flush();
                sections.Add(new(names.Unique(Identifier.Pascal(loop.Name) + (loop.Reversed ? "Gradient" : "")), loop, [loop]));
                continue;
            }

            straight.Add(step);
        }

        Flush();
        return sections.ToImmutable();
    }

    // the innermost method of the definition that all its kernels come from
    static string NameOf(List<Kernel> kernels)
    {
        var paths = kernels.Select(k => k.Info.Path.Split('/')).ToList();
        int common = 0;
        while (paths.All(p => p.Length > common && p[common] == paths[0][common])) common++;
        string name = Identifier.Pascal(paths[0][Math.Max(0, Math.Min(common, 2) - 1)]);
        return kernels.All(k => k.Info.Backward) ? name + "Gradient" : name;
    }
}
