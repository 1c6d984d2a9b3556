using System.Diagnostics;

namespace AlbertCompiled.Bench;

/// <summary>The peers' program, and what it can be made to load.</summary>
internal static class PeerBuild
{
    /// <summary>Builds the peers and returns their file.</summary>
    /// <exception cref="ArgumentException">They could not be built.</exception>
    public static string Assembly()
    {
        string project = Path.Combine("bench", "peers", "AlbertCompiled.Peers.csproj");
        if (!File.Exists(project)) throw new ArgumentException($"{project} is not here: run it from the root of the repository");
        string output = Path.Combine(Path.GetTempPath(), "albert-peers");
        if (!Run(DotnetHost.Path, "build", project, "-c", "Release", "-v", "q", "--nologo", "-o", output)) throw new ArgumentException("the peers could not be built");
        return Path.Combine(output, "AlbertCompiled.Peers.dll");
    }

    /// <summary>
    /// A library that tells MKL it runs on a processor of its maker, whose fast path it then takes on others too; null where there is no C compiler, or no Linux.
    /// </summary>
    public static string? FastMkl()
    {
        if (!OperatingSystem.IsLinux()) return null;
        string source = Path.Combine(Path.GetTempPath(), "albert-mkl.c"), library = Path.ChangeExtension(source, ".so");
        File.WriteAllText(source, "int mkl_serv_intel_cpu_true(void) { return 1; }\n");
        try
        {
            return Run("cc", "-shared", "-fPIC", "-o", library, source) ? library : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
