using System.Diagnostics;
using System.Globalization;
using AlbertCompiled.Bench;
using AlbertCompiled.Cpu;

namespace AlbertCompiled.Tests.Cpu;

/// <summary>
/// Training in processes that are not shown all of the processor's instructions: vectors as wide as what is left, and the same losses but for the
/// order of sums.
/// </summary>
public sealed class InstructionSetTests
{
    // The runtime's switches, by the names that its versions give them.
    static readonly string[] Avx512 = ["EnableAVX512", "EnableAVX512F"], Avx2 = ["EnableAVX2"], All = ["EnableHWIntrinsic"];

    /// <summary>What is switched off, and the bits of the widest vector that may be left.</summary>
    public static TheoryData<string[], int> Switches => new()
    {
        { Avx512, 256 },
        { [.. Avx512, .. Avx2], 128 },
        { All, 128 },
    };

    [Theory]
    [MemberData(nameof(Switches))]
    public void Losses_are_those_of_all_instructions(string[] off, int bits)
    {
        foreach (var (dtype, tolerance) in (ReadOnlySpan<(string, double)>)[("fp32", 5e-5), ("bf16", 2e-3)])
        {
            var (expected, _) = Train(dtype, []);
            var (loss, width) = Train(dtype, off);
            Assert.Equal(Math.Min(bits, 32 * Simd.Width), width);
            Assert.True(Math.Abs(loss - expected) <= tolerance, $"{dtype}: the loss is {loss}, with all instructions {expected}");
        }
    }

    /// <summary>The loss of the third step, and the bits of the vectors it was computed with.</summary>
    static (double Loss, int Bits) Train(string dtype, string[] off)
    {
        string[] arguments = ["exec", typeof(Benchmark).Assembly.Location, "train", "config=tiny", $"dtype={dtype}", "B=3", "S=40", "threads=2", "warmup=0", "steps=3"];
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true };
        foreach (string name in off) start.Environment[$"DOTNET_{name}"] = "0";
        using var process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        string device = output[..output.IndexOf("-bit vectors", StringComparison.Ordinal)];
        return (Contestant.Figure(output, "loss")!.Value, int.Parse(device[(device.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
    }
}
