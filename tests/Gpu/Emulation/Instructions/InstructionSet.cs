namespace AlbertCompiled.Tests.Gpu.Emulation;

/// <summary>How each opcode is decoded.</summary>
static class InstructionSet
{
    public static readonly IReadOnlyDictionary<string, Func<Decoding, Instruction>> Rules = new[]
    {
        Arithmetic.Rules, BitOperationsSet.Rules, Comparisons.Rules, Conversions.Rules, Moves.Rules, MemoryAccess.Rules, ControlFlow.Rules, Barriers.Rules, WarpExchange.Rules,
        Atomics.Rules, AsyncCopyInstructions.Rules, MatrixInstructions.Rules, WarpgroupInstructions.Rules, TransactionInstructions.Rules, TensorCopyInstructions.Rules,
    }.SelectMany(r => r).ToDictionary(r => r.Item1, r => r.Item2);
}
