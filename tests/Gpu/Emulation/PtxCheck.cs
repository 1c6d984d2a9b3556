using Xunit;

namespace AlbertCompiled.Tests.Gpu.Emulation;

/// <summary>What the text of every kernel must hold before it is run at all.</summary>
static class PtxCheck
{
    /// <summary>Bytes of shared memory that a text may declare; more is dynamic, and asked for at the launch.</summary>
    public const int StaticShared = 48 * 1024;

    /// <summary>Instructions, by the beginnings of their opcodes, that need a target and no less.</summary>
    static readonly (string Opcode, int Capability, bool Exactly)[] Gates =
    [
        ("mma.sync", 80, false), ("cp.async.cg", 80, false), ("cp.async.ca", 80, false), ("ldmatrix", 75, false), ("mbarrier", 80, false), ("redux", 80, false),
        ("stmatrix", 90, false), ("elect", 90, false), ("cp.async.bulk", 90, false), ("mbarrier.try_wait", 90, false), ("fence.proxy.async", 90, false),
        ("cvt.rn.bf16", 80, false), ("griddepcontrol", 90, false), ("wgmma", 90, true), ("setmaxnreg", 90, true),
    ];

    /// <summary>Instructions that PTX has from a version on, 83 for 8.3.</summary>
    static readonly (string Opcode, int Version)[] Versions =
        [("mbarrier.try_wait", 78), ("griddepcontrol", 78), ("wgmma", 80), ("cp.async.bulk", 80), ("fence.proxy.async", 80), ("fence.mbarrier_init", 80), ("fence.proxy.tensormap", 83)];

    /// <summary>Instructions for whose rare operands the driver's compiler calls a function: beside one it lets no product of wgmma run by itself (its warning C7510).</summary>
    static readonly string[] Calls = ["call", "div.rn", "rcp.rn", "sqrt.rn"];

    /// <summary>Fails unless a kernel keeps to registers, needs nothing that must be linked, fits into shared memory, and has a target that knows its instructions.</summary>
    public static void Assert(EmulatedKernel kernel)
    {
        Xunit.Assert.Empty(kernel.Module.Externals);
        Xunit.Assert.DoesNotContain(kernel.Entry.Variables.Concat(kernel.Module.Variables), v => v.Space == "local");
        Xunit.Assert.All(kernel.Module.Variables, v => Xunit.Assert.False(v.IsExternal && !(v.Space == "shared" && v.Bytes == 0), $"{v.Name} is declared elsewhere"));
        Xunit.Assert.InRange(kernel.StaticShared, 0, StaticShared);
        int version = int.Parse(kernel.Module.Version.Replace(".", "", StringComparison.Ordinal), System.Globalization.CultureInfo.InvariantCulture);
        string target = kernel.Module.Target;
        bool specific = target.EndsWith('a');
        int capability = int.Parse(target.TrimEnd('a')[3..], System.Globalization.CultureInfo.InvariantCulture);
        foreach (var instruction in kernel.Program)
        {
            string opcode = string.Join('.', instruction.Statement.Opcode);
            foreach (var (gated, least, exactly) in Gates)
            {
                if (!opcode.StartsWith(gated, StringComparison.Ordinal)) continue;
                Xunit.Assert.True(exactly ? specific && capability == least : capability >= least, $"line {instruction.Statement.Line}: {opcode} under {target}");
            }

            if (kernel.HasWarpgroupProducts)
                Xunit.Assert.DoesNotContain(Calls, c => opcode.StartsWith(c, StringComparison.Ordinal));
            foreach (var (later, since) in Versions)
                Xunit.Assert.True(version >= since || !opcode.StartsWith(later, StringComparison.Ordinal), $"line {instruction.Statement.Line}: {opcode} in PTX {kernel.Module.Version}");
        }
    }
}
