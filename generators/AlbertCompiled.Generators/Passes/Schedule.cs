using System.Collections.Immutable;
using AlbertCompiled.Generators.Graph;

namespace AlbertCompiled.Generators.Passes;

/// <summary>Nodes that run as one kernel.</summary>
/// <param name="Root">The product, attention or scatter; null for a row kernel.</param>
/// <param name="Nodes">A row kernel's nodes in order, or the root's epilogue.</param>
internal sealed record FusedKernel(Node? Root, ImmutableArray<Node> Nodes)
{
    /// <summary>Every node that the kernel computes.</summary>
    public IEnumerable<Node> All => Root is null ? Nodes : Nodes.Prepend(Root);
}

/// <summary>A graph whose nodes are gathered into kernels, in the order in which they run: one list a block.</summary>
internal sealed record Schedule(ModelGraph Graph, ImmutableArray<ImmutableArray<FusedKernel>> Blocks)
{
    /// <summary>Stretches that run band by band.</summary>
    public ImmutableArray<Band> Bands { get; init; } = [];

    /// <summary>Rows of a band.</summary>
    public int BandRows { get; init; }
}
