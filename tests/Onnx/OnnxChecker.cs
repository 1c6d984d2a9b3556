using System.Diagnostics;

namespace AlbertCompiled.Tests.Onnx;

/// <summary>The checker of the ONNX project, which is a Python module.</summary>
internal static class OnnxChecker
{
    // the system's own comes second: a distribution's modules are found by no other
    static readonly string? interpreter = ((string[])["python3", "/usr/bin/python3"]).FirstOrDefault(p => Run(p, "import onnx.checker") is null);

    /// <summary>Why it cannot run here; null if it can.</summary>
    public static string? Missing => interpreter is null ? "no checker: Python's module onnx is not installed" : null;

    /// <summary>Checks a file, its shapes inferred and compared with those that it states.</summary>
    public static void Check(string path) => Assert.Null(Run(interpreter!, "import onnx, sys; onnx.checker.check_model(onnx.load(sys.argv[1]), full_check=True)", path));

    // null, or what went wrong
    static string? Run(string interpreter, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(interpreter, ["-c", .. arguments]) { RedirectStandardError = true })!;
            string error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : error;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return e.Message;
        }
    }
}

/// <summary>A test that needs the checker; skipped where it is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class OnnxCheckerFactAttribute : FactAttribute
{
    public OnnxCheckerFactAttribute() => Skip = OnnxChecker.Missing;
}
