namespace AlbertCompiled.Generators.Trace;

/// <summary>What keeps a trace short whatever the definition says. Each is far above what a model needs.</summary>
internal static class Limits
{
    /// <summary>Iterations of a constant loop or a Repeat, and length of an array.</summary>
    public const int Iterations = 10_000;

    /// <summary>Nested calls.</summary>
    public const int Calls = 100;

    /// <summary>Operations of a program; a Repeat's body counts once.</summary>
    public const int Operations = 20_000;

    /// <summary>Expressions evaluated in all, an expression on the iteration once per iteration.</summary>
    public const int Steps = 2_000_000;

    /// <summary>Characters of a string.</summary>
    public const int Characters = 4_000;

    /// <summary>Columns of an activation.</summary>
    public const int Columns = 1 << 24;

    /// <summary>Values of a matrix that no batch dimension brings.</summary>
    public const long Values = 1L << 30;

    /// <summary>Parameters of a model in all.</summary>
    public const long Parameters = 1L << 31;
}
