namespace AlbertCompiled.Generators.Emit;

/// <summary>How the classes are declared that a device's programs are printed into.</summary>
/// <param name="Device">What their names begin with.</param>
/// <param name="Usings">Above each file, a line each.</param>
/// <param name="Modifiers">Of a program.</param>
/// <param name="TypeParameters">Of a program.</param>
/// <param name="Constraints">Of those.</param>
/// <param name="Base">The runtime's base of a program.</param>
/// <param name="Kernels">The base between the two that holds the kernels of several programs.</param>
/// <param name="KernelsHeading">Its declaration.</param>
internal sealed record DeviceClasses(
    string Device, string Usings, string Modifiers, string TypeParameters, string Constraints, string Base, string Kernels, string KernelsHeading)
{
    /// <summary>The declaration of a program's class.</summary>
    public string Heading(string name, bool shares) => $"{Modifiers} partial class {name}{TypeParameters} : {(shares ? Kernels : Base)} {Constraints}";
}
