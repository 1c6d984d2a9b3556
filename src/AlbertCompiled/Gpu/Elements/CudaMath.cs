using System.Runtime.CompilerServices;
using ILGPU.Backends.PTX;
using ILGPU.IR;
using ILGPU.IR.Intrinsics;
using ILGPU.IR.Values;

namespace AlbertCompiled.Gpu;

/// <summary>
/// What takes the place of functions of <see cref="GpuMath"/> in code for CUDA: the hardware's approximations, corrected where they
/// alone would be too coarse. Errors stay below 5e-7, absolute for values up to 1, relative beyond.
/// </summary>
internal static class CudaMath
{
    const float Log2E = 1.44269504f, Log2ELow = 1.92596303e-8f;    // their sum has twice the digits
    const float Ln2 = 0.693147181f;

    const float LargestExponent = 88.72283f, Overflowing = 90f;     // beyond the first eˣ is infinite; the second one's lo is positive, so that ∞ · (1 + lo · ln 2) is

    /// <summary>eˣ = 2^hi · (1 + lo · ln 2), where hi + lo is x · log₂e: the approximation takes a rounded exponent only.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]      // it comes too late for ILGPU to inline it of its own accord
    public static float Exp(float x)
    {
        x = x > LargestExponent ? Overflowing : x;      // written so that NaN passes
        x = x < -105f ? -105f : x;
        float high = x * Log2E, low = MultiplyAdd(x, Log2E, -high) + x * Log2ELow;
        float power = Exp2(high);
        return MultiplyAdd(power, low * Ln2, power);
    }

    /// <summary>1/(1 + e⁻ˣ).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sigmoid(float x) => Reciprocal(1f + Exp2(x * -Log2E));

    /// <summary>tanh x = 1 − 2/(1 + e²ˣ), and x − x³/3 where that would cancel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Tanh(float x)
    {
        float z = x * x;
        return z < 1e-4f ? MultiplyAdd(x * z, -1f / 3, x) : MultiplyAdd(-2f, Reciprocal(1f + Exp2(x * (2f * Log2E))), 1f);
    }

    /// <summary>a/b to two units in the last place.</summary>
    [IntrinsicImplementation]
    public static float Divide(float a, float b) => throw new NotSupportedException();

    /// <summary>1/√x to one and a half units in the last place.</summary>
    [IntrinsicImplementation]
    public static float Rsqrt(float x) => throw new NotSupportedException();

    /// <summary>Two bfloat16, each rounded to the nearest, ties to even.</summary>
    [IntrinsicImplementation]
    public static uint Pair(float low, float high) => throw new NotSupportedException();

    [IntrinsicImplementation]
    static float Exp2(float x) => throw new NotSupportedException();

    [IntrinsicImplementation]
    static float Reciprocal(float x) => throw new NotSupportedException();

    [IntrinsicImplementation]
    static float MultiplyAdd(float a, float b, float c) => throw new NotSupportedException();

    /// <summary>Method → instruction, and the order in which it takes the arguments.</summary>
    internal static readonly IReadOnlyDictionary<string, (string Instruction, int[] Arguments)> Instructions = new Dictionary<string, (string, int[])>
    {
        [nameof(Divide)] = ("div.full.f32", [0, 1]),
        [nameof(Rsqrt)] = ("rsqrt.approx.f32", [0]),
        [nameof(Pair)] = ("cvt.rn.bf16x2.f32", [1, 0]),
        [nameof(Exp2)] = ("ex2.approx.ftz.f32", [0]),
        [nameof(Reciprocal)] = ("rcp.approx.ftz.f32", [0]),
        [nameof(MultiplyAdd)] = ("fma.rn.f32", [0, 1, 2]),
    };

    /// <summary>Writes the instruction of a call.</summary>
    internal static void Write(PTXBackend backend, PTXCodeGenerator generator, Value value)
    {
        var call = (MethodCall)value;
        var (instruction, order) = Instructions[call.Target.Source.Name];
        var arguments = Array.ConvertAll(order, i => generator.LoadPrimitive(call[i]));
        var target = generator.AllocateHardware(value);
        using var command = generator.BeginCommand(instruction);
        command.AppendArgument(target);
        foreach (var argument in arguments) command.AppendArgument(argument);
    }
}
