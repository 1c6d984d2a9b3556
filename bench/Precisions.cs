using AlbertCompiled.Cpu;

namespace AlbertCompiled.Bench;

internal static class Precisions
{
    /// <summary>dtype, with its precision.</summary>
    public static (string Name, Compute Precision) Precision(this Options options) => options.Text("dtype", "fp32") switch
    {
        "fp32" => ("fp32", Compute.Float32),
        "bf16" => ("bf16", Compute.BFloat16),
        var other => throw new ArgumentException($"dtype={other} is neither fp32 nor bf16"),
    };

    /// <summary>How much more the cores can do in a precision than in float32.</summary>
    public static int PeakFactor(this Compute precision) => precision == Compute.BFloat16 && BFloat16.IsPreferred ? BFloat16.PerWord : 1;
}
