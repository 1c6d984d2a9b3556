namespace AlbertCompiled.Bench;

/// <summary>What a card's data sheet promises: dense matrix products in bfloat16 on tensor cores, float32 without them, memory.</summary>
/// <param name="BFloat16">TFLOP/s, accumulating in float32.</param>
/// <param name="Float32">TFLOP/s of multiply-adds.</param>
/// <param name="Memory">GB/s read and written.</param>
internal sealed record CardPeak(double BFloat16, double Float32, double Memory)
{
    // A name that contains another stands before it.
    static readonly (string Name, CardPeak Peak)[] Known =
    [
        ("GH200", new(989.4, 66.9, 4000)),
        ("H200", new(989.4, 66.9, 4800)),
        ("H100 PCIe", new(756.5, 51.2, 2000)),
        ("H100 NVL", new(835.5, 60.0, 3900)),
        ("H100", new(989.4, 66.9, 3350)),
        ("A100-SXM4-40GB", new(311.9, 19.5, 1555)),
        ("A100-PCIE-40GB", new(311.9, 19.5, 1555)),
        ("A100", new(311.9, 19.5, 2039)),
        ("L40S", new(362.0, 91.6, 864)),
        ("RTX 4090", new(165.2, 82.6, 1008)),
        ("RTX 3090", new(71.0, 35.6, 936)),
    ];

    /// <summary>The peak of a precision, in FLOP/s.</summary>
    public double Flops(Compute precision) => (precision == Compute.BFloat16 ? BFloat16 : Float32) * 1e12;

    /// <summary>The data sheet of a card by the driver's name for it, or null: a part of a card (MIG) and a notebook's have none of these.</summary>
    public static CardPeak? Of(string name)
    {
        if (name.Contains(" MIG ", StringComparison.Ordinal) || name.Contains("Laptop", StringComparison.Ordinal)) return null;
        foreach (var (known, peak) in Known)
            if (name.Contains(known, StringComparison.Ordinal)) return peak;
        return null;
    }
}
