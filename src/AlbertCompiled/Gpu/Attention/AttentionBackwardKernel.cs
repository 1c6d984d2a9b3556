using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>
/// A group owns a tile of rows of its target (outer: queries for ∂queries, keys otherwise) for one head and walks over the rows of the
/// other kind (inner). For each pair of tiles it computes the softmax weights again from the log-sums, turns them into ∂scores if
/// the target asks for these, and adds their product with the inner rows.
/// </summary>
internal struct AttentionBackwardKernel<T, TBlock, TTarget> : IGpuKernel
    where T : unmanaged, IElement<T>
    where TBlock : struct, IBlock
    where TTarget : struct, IAttentionTarget
{
    public AttentionArguments<T> Arguments;
    public Operand<T> Context, Gradient, Result;
    public Operand<float> LogSum;
    public ArrayView<float> Delta;

    static bool OuterIsQuery => TTarget.Section == 0;

    static bool ThroughScores => TTarget.Section < 2;

    /// <inheritdoc/>
    public readonly void Run()
    {
        var place = AttentionPlace.Of<T, TBlock>(Arguments);
        if (place.IsNone) return;

        int stride = TBlock.Tile + Tile.Padding, lane = Group.IdxX, headSize = Arguments.HeadSize, headColumn = place.Head * headSize;
        var a = SharedMemory.Allocate<float>(Tile.Depth * 68);
        var b = SharedMemory.Allocate<float>(Tile.Depth * 68);
        var weights = SharedMemory.Allocate<float>(64 * 68);    // [inner, outer], at the end [outer, column]
        var logSums = SharedMemory.Allocate<float>(64);         // [query]
        var deltas = SharedMemory.Allocate<float>(64);          // [query]
        var queries = HeadRows<T>.Of(Arguments.QueryKeyValue, headColumn, headSize, place.End);
        var keys = HeadRows<T>.Of(Arguments.QueryKeyValue, Arguments.Hidden + headColumn, headSize, place.End);
        var values = HeadRows<T>.Of(Arguments.QueryKeyValue, 2 * Arguments.Hidden + headColumn, headSize, place.End);
        var gradients = HeadRows<T>.Of(Gradient, headColumn, headSize, place.End);
        var factor = TTarget.Section == 0 ? keys : TTarget.Section == 1 ? queries : gradients;

        float scale = Arguments.ScoreScale;
        if (OuterIsQuery) LoadQueries(place, place.Outer + lane, logSums, deltas);
        var sum = default(TBlock);
        for (int inner = place.Start; inner < place.End; inner += TBlock.Tile)
        {
            var scores = OuterIsQuery ? keys.Times<TBlock>(inner, queries, place.Outer, a, b) : queries.Times<TBlock>(inner, keys, place.Outer, a, b);
            scores.Merge(weights, default(Overwrite));
            if (!OuterIsQuery) LoadQueries(place, inner + lane, logSums, deltas);
            Group.Barrier();

            Weigh(place, inner, weights, logSums, scale);
            Group.Barrier();

            if (ThroughScores)
            {
                var products = OuterIsQuery ? values.Times<TBlock>(inner, gradients, place.Outer, a, b) : gradients.Times<TBlock>(inner, values, place.Outer, a, b);
                ScoreGradient<TTarget> map = default;
                map.Deltas = deltas;
                map.KeepScale = Arguments.KeepScale;
                products.Merge(weights, map);
                Group.Barrier();
            }

            for (int k = 0; k < TBlock.Tile && inner + k < place.End; k += Tile.Depth)
            {
                Tile.LoadColumns<T, TBlock>(b, factor.Values, factor.Stride, inner + k, place.End, factor.Column + place.Panel, factor.EndColumn);
                Group.Barrier();
                sum.MultiplyAdd(weights, k, b, 0);
                Group.Barrier();
            }
        }

        sum.Merge(weights, default(Overwrite));
        Group.Barrier();
        int column = TTarget.Section * Arguments.Hidden + headColumn;
        for (int e = lane; e < TBlock.Tile * TBlock.Tile; e += TBlock.Lanes)
        {
            int i = place.Outer + e / TBlock.Tile, j = place.Panel + e % TBlock.Tile;
            if (i < place.End && j < headSize)
                Result.Values[i * Result.Stride + column + j] = T.Of(weights[e / TBlock.Tile * stride + e % TBlock.Tile] * (ThroughScores ? scale : 1f));
        }
    }

    /// <summary>
    /// Fetches the log-sum and delta = ∂context · context of the lane's query; ∂queries computes delta and leaves it for ∂keys.
    /// </summary>
    readonly void LoadQueries(AttentionPlace place, int query, ArrayView<float> logSums, ArrayView<float> deltas)
    {
        bool valid = query < place.End;
        int lane = Group.IdxX;
        logSums[lane] = valid ? LogSum.Values[query * LogSum.Stride + place.Head] : 0f;
        if (!ThroughScores) return;
        float delta = 0f;
        if (valid && OuterIsQuery)
        {
            int first = place.Head * Arguments.HeadSize;
            for (int c = first; c < first + Arguments.HeadSize; c++)
                delta += T.Read(Gradient.Values[query * Gradient.Stride + c]) * T.Read(Context.Values[query * Context.Stride + c]);
            if (place.Panel == 0) Delta[query * Arguments.Heads + place.Head] = delta;
        }
        else if (valid)
        {
            delta = Delta[query * Arguments.Heads + place.Head];
        }

        deltas[lane] = delta;
    }

    /// <summary>Scores → weights of the lane's outer row. On the way to ∂scores, a dropped weight is kept with its sign turned.</summary>
    readonly void Weigh(AttentionPlace place, int inner, ArrayView<float> weights, ArrayView<float> logSums, float scale)
    {
        int stride = TBlock.Tile + Tile.Padding, lane = Group.IdxX, outer = place.Outer + lane;
        for (int i = 0; i < TBlock.Tile; i++)
        {
            int query = OuterIsQuery ? outer : inner + i, key = OuterIsQuery ? inner + i : outer;
            bool valid = outer < place.End && inner + i < place.End;
            float weight = valid ? GpuMath.Exp(weights[i * stride + lane] * scale - logSums[OuterIsQuery ? lane : i]) : 0f;
            bool kept = Arguments.Keeps(Arguments.RowKey(query, place.Head), key - place.Start);
            if (ThroughScores) weights[i * stride + lane] = kept ? weight : -weight;
            else weights[i * stride + lane] = kept ? weight * Arguments.KeepScale : 0f;
        }
    }
}

/// <summary>∂score = w · (mask · ∂weight − delta), where the sign of the stored weight is the mask.</summary>
internal struct ScoreGradient<TTarget> : IMerge where TTarget : struct, IAttentionTarget
{
    public ArrayView<float> Deltas;
    public float KeepScale;

    public readonly float Apply(float stored, float computed, int i, int j)
    {
        float delta = Deltas[TTarget.Section == 0 ? j : i];
        return stored >= 0f ? stored * (computed * KeepScale - delta) : stored * delta;
    }
}
