using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace AlbertCompiled.Generators.Declare;

/// <summary>The types that generated code names.</summary>
internal static class RuntimeTypes
{
    /// <summary>The namespace that generated code names itself.</summary>
    public const string Namespace = "AlbertCompiled";

    /// <summary>Namespace and name of each.</summary>
    public static readonly ImmutableArray<(string Namespace, string Name)> All =
    [
        .. Of("System", "ArgumentOutOfRangeException Math MathF NotSupportedException Span"),
        .. Of("System.Runtime.CompilerServices", "MethodImpl MethodImplOptions"),
        .. Of("ILGPU", "ArrayView Group"),
        .. Of(Namespace, "Capacity ChoicePredictions ClassPredictions CompiledModel Compute CounterRandom Device Dimension ICompiledModel InferenceOutputs Initial LabelKind ModelDescription ModelExecutor"),
        .. Of(Namespace, "Optimizer OutputRows ProgramDescription Ratings SpanPredictions TokenBatch"),
        .. Of($"{Namespace}.Cpu", "AccumulateEpilogue Arrays Attention ColumnSums CpuDevice CpuExecutor CpuOutput CpuProgram Entries Gemm GroupLogSum IEpilogue IPrecision IRowKernel ISimd"),
        .. Of($"{Namespace}.Cpu", "BFloat16 Float32 Lanes1 Lanes4 Lanes8 Lanes16 PackedB RoundedBFloat16 Simd StoreEpilogue Tables"),
        .. Of($"{Namespace}.Gpu", "Accumulate AttentionBackward AttentionForward BFloat16 ColumnSum DropoutKey Entries Extent Float1 Float8 Float32 GpuDevice GpuExecutor GpuMath GpuOutput GpuProgram"),
        .. Of($"{Namespace}.Gpu", "GpuRows GroupLogSum GroupReduce IElement IGpuEpilogue IGpuRowKernel IGpuSummedEpilogue IPack IRowLanes Kept MatrixProduct MatrixSum NN NT TN TT PartialSum RoundedCopy RowGroups SummedProduct"),
        .. Of($"{Namespace}.Gpu", "ScatterAdd Store TableGradient"),
        .. Of($"{Namespace}.Onnx", "OnnxException OnnxGraph"),
    ];

    static readonly ImmutableHashSet<(string Namespace, string Name)> Known = [.. All];

    static readonly ImmutableArray<string> Names = [.. All.Select(t => t.Name).Append(Namespace).Distinct()];

    /// <summary>True if generated code names a type so.</summary>
    public static bool Contains(string name) => Names.Contains(name);

    static readonly PerCompilation<SyntaxNode, ImmutableHashSet<string>> Surroundings = new(EqualityComparer<SyntaxNode>.Default);

    /// <summary>Names that stand for something else where a model is declared: there generated code writes them in full.</summary>
    public static ImmutableArray<string> Hidden(INamedTypeSymbol model, SemanticModel semantics, SyntaxNode declaration)
    {
        // what stands around a class is the same for all classes there
        var hidden = declaration.Parent is { } around ? Surroundings.Of(semantics.Compilation, around, _ => Hidden(semantics, declaration.SpanStart)) : Hidden(semantics, declaration.SpanStart);
        return [.. Names.Where(name => !model.GetMembers(name).IsEmpty || hidden.Contains(name))];
    }

    static ImmutableHashSet<string> Hidden(SemanticModel semantics, int position)
    {
        bool IsElse(ISymbol symbol) => (symbol is IAliasSymbol alias ? alias.Target : symbol) switch
        {
            INamespaceSymbol space => DefinitionSource.NameOf(space) != Namespace,
            INamedTypeSymbol { ContainingType: null } type => !Known.Contains((DefinitionSource.NameOf(type.ContainingNamespace), type.Name.Replace("Attribute", ""))),
            _ => true,
        };
        bool IsHidden(string name) => semantics.LookupNamespacesAndTypes(position, name: name).Any(IsElse);
        return [.. Names.Where(name => IsHidden(name) || name == "MethodImpl" && IsHidden("MethodImplAttribute"))];
    }

    static IEnumerable<(string Namespace, string Name)> Of(string space, string names) => names.Split(' ').Select(name => (space, name));
}
