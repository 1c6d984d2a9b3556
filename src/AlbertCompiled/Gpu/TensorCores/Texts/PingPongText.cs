using AlbertCompiled.Gpu.Ptx;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>
/// What <see cref="PingPongProductKernel{TEpilogue}"/> adds to the texts of <see cref="WalkText"/>: two warpgroups read tiles of the same ring in turn. A barrier each says that
/// it is a warpgroup's turn. The turns are what makes the ring's parities tell: who waits for a stage two fills ahead would take the fill before for it.
/// </summary>
internal static class PingPongText
{
    /// <summary>The tile that the other warpgroup reads is passed over: steps from and to.</summary>
    public const string Skip = "//walk-skip %0 %1";

    /// <summary>Leaves 64 columns: of the upper 64 rows the first and the last, then of the lower ones.</summary>
    public const string Leave0 = "//walk-leave 0", Leave1 = "//walk-leave 1", Leave2 = "//walk-leave 2", Leave3 = "//walk-leave 3";

    /// <summary>Places of the kernel.</summary>
    public const int Places = 8;

    /// <summary>Where the barriers of the turns lie, from the first barrier on.</summary>
    static int TurnsAt(ProductVariant variant) => 16 * variant.Stages;

    /// <summary>Makes the barriers of the turns, for the lane that makes those of the ring.</summary>
    public static void Prepare(PtxText text, ProductVariant variant)
    {
        for (int turn = 0; turn < 2; turn++) text.Line($"mbarrier.init.shared::cta.b64 [barriers+{TurnsAt(variant) + 8 * turn}], {variant.TileWarps}");
    }

    /// <summary>Where a lane finds its turn and gives the other: the first warpgroup's first turn is over when it begins, as a fresh barrier's phase 1 is.</summary>
    public static void Begin(PtxText text, ProductVariant variant)
    {
        text.Line($".reg .b32 turn, otherTurn, turnPhase, team");
        text.Line($"and.b32 turnPhase, group, 1");
        text.Line($"add.u32 team, turnPhase, 1");      // the named barrier of the warpgroup
        text.Line($"mad.lo.u32 turn, turnPhase, 8, barriers");
        text.Line($"add.u32 turn, turn, {TurnsAt(variant)}");
        text.Line($"xor.b32 turnPhase, turnPhase, 1");
        text.Line($"mad.lo.u32 otherTurn, turnPhase, 8, barriers");
        text.Line($"add.u32 otherTurn, otherTurn, {TurnsAt(variant)}");
    }

    /// <summary>Waits for the turn.</summary>
    public static void Take(PtxText text)
    {
        BoxLoader.Wait(text, "turn", "turnPhase");
        text.Line($"xor.b32 turnPhase, turnPhase, 1");
    }

    /// <summary>Gives the turn to the other warpgroup, once every stage of the tile has been seen full.</summary>
    public static void Give(PtxText text) => text.Line($"@chosen mbarrier.arrive.shared::cta.b64 _, [otherTurn]");

    /// <summary>Moves on in the ring as if the other's tile had been read.</summary>
    public static string WriteSkip(PtxText text, string[] arguments, ProductVariant variant)
    {
        text.Line($".reg .b32 first, last, place, rounds");
        WalkText.Move(text, ["first", "last"], arguments);
        ProductText.Steps(text);
        text.Line($"div.u32 place, rd, {variant.StageBytes}");
        text.Line($"add.u32 place, place, tiles");
        text.Line($"div.u32 rounds, place, {variant.Stages}");
        text.Line($"mul.lo.u32 full, rounds, {variant.Stages}");
        text.Line($"sub.u32 place, place, full");
        text.Line($"and.b32 rounds, rounds, 1");
        text.Line($"xor.b32 phase, phase, rounds");
        text.Line($"mul.lo.u32 rd, place, {variant.StageBytes}");
        text.Line($"mad.lo.u32 full, place, 8, barriers");
        return text.ToString();
    }
}
