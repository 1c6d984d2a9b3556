namespace AlbertCompiled.Experiments;

/// <summary>What the small models have in common: the width of ALBERT base divided by twelve, a third of its layers.</summary>
static class Shape
{
    public const int Vocabulary = 8_000, Hidden = 64, Layers = 4, Heads = 2, Intermediate = 4 * Hidden, Positions = 128;

    /// <summary>Layers of the deep models, whose layers are compared with each other.</summary>
    public const int DeepLayers = 12;

    /// <summary>Width of the wide model.</summary>
    public const int WideHidden = 2 * Hidden;

    // as AlbertTiny starts: a small model learns sooner from larger weights and an ordered position table
    public const double Deviation = 0.05, Sines = Deviation * 1.4142135623730951;
}
