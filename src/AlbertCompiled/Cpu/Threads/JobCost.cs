namespace AlbertCompiled.Cpu;

/// <summary>What a job must do at least: it cannot take less than its FLOPs at the peak of the cores, nor less than its bytes at the bandwidth of memory.</summary>
/// <param name="Flops">Multiplications and additions of matrix products and attention; elementwise arithmetic is not counted.</param>
/// <param name="Bytes">Every operand read once, every result written once.</param>
public readonly record struct JobCost(double Flops, double Bytes);
