using AlbertCompiled.Generators.Graph;

namespace AlbertCompiled.Generators.Lower;

/// <summary>What a row costs a kernel: for its heading, for profiles, for the choice of tiles.</summary>
internal static class Costs
{
    const int MaskOperations = 30;      // of the counter-based generator

    /// <summary>Bytes of float32 that instructions read and write for a row, each element once however often they touch it. What is the same for all rows is left out.</summary>
    public static double Bytes(IEnumerable<Instruction> instructions)
    {
        var all = instructions.ToList();
        var stores = all.OfType<Store>().Where(s => s.Row != RowMode.First).ToList();
        var written = stores.Where(s => !s.Accumulate).Select(s => (s.Target, "")).ToList();
        var read = all.OfType<Load>().Where(l => l.Row != RowMode.First).Select(l => (l.Source, l.Index))
            .Concat(stores.Where(s => s.Accumulate).Select(s => (s.Target, ""))).Except(written);
        return 4.0 * (read.Sum(r => r.Item1.Shape.Columns) + stores.Select(s => s.Target).Distinct().Sum(t => t.Shape.Columns));
    }

    /// <summary>Operations that an epilogue takes for an element, beyond moving it.</summary>
    public static int Operations(ProductKernel kernel) => kernel.Epilogue.Sum(i => i switch { Compute c => Elements.Flops(c.Op), KeepMask => MaskOperations, _ => 0 });
}
