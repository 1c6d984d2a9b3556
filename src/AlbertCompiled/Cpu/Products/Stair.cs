namespace AlbertCompiled.Cpu;

/// <summary>Where one run of strips ends and the next one begins: often within a strip, some of whose panels go to the one, the rest to the other.</summary>
/// <param name="Strip">The strip that the two share.</param>
/// <param name="Panel">The first panel of it that is the next run's.</param>
readonly record struct Stair(int Strip, int Panel)
{
    /// <summary>The next run's first strip in a panel.</summary>
    public int At(int panel) => panel < Panel ? Strip + 1 : Strip;
}
