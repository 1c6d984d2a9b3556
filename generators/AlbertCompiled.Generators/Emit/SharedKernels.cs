using System.Collections.Immutable;

namespace AlbertCompiled.Generators.Emit;

/// <summary>Kernels that several programs of a model have letter by letter on one device: they are written once, in a base class of all its programs.</summary>
/// <param name="Structs">In the order of the program that has most of them, then of the next.</param>
/// <param name="Clashes">Kernels that are called like one of them and are another: in a program that derives from the base they would hide it.</param>
internal sealed record SharedKernels(ImmutableArray<KernelStruct> Structs, ImmutableArray<(int Program, string Name)> Clashes)
{
    /// <summary>What is shared of the programs' kernels: of several texts of one name, that of most programs, else the first.</summary>
    public static SharedKernels Of(IReadOnlyCollection<ImmutableArray<KernelStruct>> programs)
    {
        var texts = programs.SelectMany(p => p).Where(HasNameOfType).GroupBy(k => (k.Name, k.Text)).Where(same => same.Count() > 1)
            .GroupBy(same => same.Key.Name).ToDictionary(all => all.Key, all => all.OrderByDescending(same => same.Count()).First().Key.Text);
        bool IsShared(KernelStruct kernel) => texts.TryGetValue(kernel.Name, out string? text) && text == kernel.Text;
        var structs = programs.Select(p => p.Where(IsShared).ToList()).OrderByDescending(p => p.Count).SelectMany(p => p).GroupBy(k => k.Name).Select(same => same.First());
        var clashes = programs.SelectMany((p, program) => p.Where(k => texts.ContainsKey(k.Name) && !IsShared(k)).Select(k => (program, k.Name)));
        return new([.. structs], [.. clashes]);
    }

    /// <summary>True of a kernel that is written in the base class.</summary>
    public bool Contains(KernelStruct kernel) => Structs.Any(k => k.Name == kernel.Name);

    // in a script without capitals a field of another program may be called so
    static bool HasNameOfType(KernelStruct kernel) => char.IsUpper(kernel.Name[0]);
}
