using Xunit;

namespace AlbertCompiled.Tests.Gpu.Emulation;

/// <summary>What a launch did.</summary>
/// <param name="kernel">The kernel, whose instructions hold counts of this launch.</param>
/// <param name="findings">What should not have happened.</param>
sealed class LaunchReport(EmulatedKernel kernel, IReadOnlyList<Finding> findings)
{
    /// <summary>What should not have happened, once for each kind and instruction.</summary>
    public IReadOnlyList<Finding> Findings => findings;

    /// <summary>Instructions that warps executed.</summary>
    public long Instructions { get; } = kernel.Program.Sum(i => i.Executions);

    /// <summary>Instructions that lanes executed.</summary>
    public long LaneInstructions { get; } = kernel.Program.Sum(i => i.Lanes);

    /// <summary>Repetitions of shared accesses because of bank conflicts, by instruction, the worst first.</summary>
    public IReadOnlyList<(PtxStatement Statement, long Phases, long Conflicts)> BankConflicts { get; } =
        [.. kernel.Program.Where(i => i.Conflicts > 0).OrderByDescending(i => i.Conflicts).Select(i => (i.Statement, i.Phases, i.Conflicts))];

    /// <summary>How often warps executed instructions whose opcode begins so.</summary>
    public long Executed(string opcode) =>
        kernel.Program.Where(i => string.Join('.', i.Statement.Opcode).StartsWith(opcode, StringComparison.Ordinal)).Sum(i => i.Executions);

    /// <summary>Repetitions of shared accesses of instructions whose opcode begins so.</summary>
    public long Conflicts(string opcode) =>
        BankConflicts.Where(i => string.Join('.', i.Statement.Opcode).StartsWith(opcode, StringComparison.Ordinal)).Sum(i => i.Conflicts);

    /// <summary>Fails if anything was found.</summary>
    public LaunchReport AssertClean()
    {
        if (findings.Count > 0) Assert.Fail($"{kernel.Name}: {findings.Count} findings\n{string.Join('\n', findings.Take(20))}");
        return this;
    }
}
