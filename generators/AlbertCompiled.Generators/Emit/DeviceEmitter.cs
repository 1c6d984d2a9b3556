using System.Collections.Immutable;
using AlbertCompiled.Generators.Declare;

namespace AlbertCompiled.Generators.Emit;

/// <summary>Prints the files of a model's programs for one device: one a concern, and one of the kernels that several programs have.</summary>
internal sealed class DeviceEmitter(DeviceClasses classes, string model, ImmutableArray<ProgramEmitter> programs)
{
    /// <summary>The kernels of several programs.</summary>
    public SharedKernels Shared { get; } = SharedKernels.Of([.. programs.Select(p => p.Structs)]);

    /// <summary>File name ending → text.</summary>
    public IEnumerable<(string Hint, string Text)> Files(string ns)
    {
        bool shares = !Shared.Structs.IsEmpty;
        string device = classes.Device.ToUpperInvariant();
        foreach (var p in programs)
        {
            string name = p.ClassName, heading = classes.Heading(name, shares);
            yield return File(name, $"the {p.Name} program for the {device}.", heading, w => p.PrintSteps(w, Shared));
            if (p.Structs.RemoveAll(Shared.Contains) is { IsEmpty: false } own)
                yield return File($"{name}.Kernels", $"kernels of the {p.Name} program{(shares ? " alone," : "")} for the {device}.", heading, w => Print(w, own));
            yield return File($"{name}.Plan", $"the arena of the {p.Name} program.\n{p.Plan}", heading, p.PrintPlan);
        }

        if (shares) yield return File($"{classes.Device}Kernels", $"kernels of several programs, for the {device}.", classes.KernelsHeading, w => Print(w, Shared.Structs));

        (string, string) File(string hint, string summary, string heading, Action<CSharpWriter> body) => (hint, CSharpWriter.File(
            ns, classes.Usings, $"{model}: {summary}", w => w.Block($"partial class {Identifier.Of(model)}", () => w.Block(heading, () => body(w)))));
    }

    static void Print(CSharpWriter w, ImmutableArray<KernelStruct> structs)
    {
        foreach (var kernel in structs) w.Lines(kernel.Text);
    }
}
