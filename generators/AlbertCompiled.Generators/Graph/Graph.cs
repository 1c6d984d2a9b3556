using System.Collections.Immutable;

namespace AlbertCompiled.Generators.Graph;

/// <summary>A declared parameter.</summary>
/// <param name="Name">The checkpoint's name.</param>
/// <param name="Shape">[rows, columns] with constant rows; [1, n] for a vector.</param>
/// <param name="IsVector">Stored one-dimensional; neither decays nor adapts.</param>
/// <param name="Initial">Zero, One, Normal, Sinusoidal.</param>
/// <param name="Scale">The initialiser's scale.</param>
internal sealed record ParameterDeclaration(string Name, Shape Shape, bool IsVector, string Initial, double Scale)
{
    public long Length => (long)Shape.Rows.Size * Shape.Columns;
}

/// <summary>A value that a loop carries from one iteration to the next. All four are node ids.</summary>
/// <param name="Initial">Its value before the first iteration, in an earlier block.</param>
/// <param name="Input">The Carry node in the body.</param>
/// <param name="Output">The body's node that becomes the next iteration's input.</param>
/// <param name="Result">The LoopResult node in the block that follows.</param>
internal sealed record Carry(int Initial, int Input, int Output, int Result);

/// <summary>
/// Straight-line nodes in order, run once or as the body of a loop. A node may read nodes of its own block, of straight
/// blocks before it, and, in a backward loop, nodes of the forward loop's body at the same iteration.
/// </summary>
internal sealed record Block(string Name, int Iterations, bool Reversed, ImmutableArray<Node> Nodes, ImmutableArray<Carry> Carries)
{
    /// <summary>A loop, even of one iteration, keeps its variable.</summary>
    public bool IsLoop => Carries.Length > 0;

    /// <summary>For a backward loop: the index of the forward loop that it mirrors; otherwise −1.</summary>
    public int Mirrors { get; init; } = -1;
}

/// <summary>A program as data. Node ids are unique over all blocks.</summary>
internal sealed record ModelGraph(
    ImmutableArray<ParameterDeclaration> Parameters, ImmutableArray<Block> Blocks, ImmutableArray<(string Name, int Node)> Outputs)
{
    public IEnumerable<Node> Nodes => Blocks.SelectMany(b => b.Nodes);

    public int NextId => Blocks.SelectMany(b => b.Nodes).Select(n => n.Id).DefaultIfEmpty(-1).Max() + 1;
}
