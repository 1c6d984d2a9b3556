namespace AlbertCompiled;

public static partial class Primitives
{
    /// <summary>
    /// Multi-head attention within each sequence of a packed batch: dropout(softmax(q kᵀ / √d)) v (Vaswani et al. 2017).
    /// </summary>
    /// <param name="qkv">[tokens, 3·hidden]: queries, keys and values side by side; a head takes hidden/heads columns of each.</param>
    /// <param name="heads">Heads; they divide hidden.</param>
    /// <param name="batch">Its sequence starts bound what a token sees.</param>
    /// <param name="dropout">Probability of dropping an attention weight while training.</param>
    /// <returns>[tokens, hidden]</returns>
    /// <exception cref="ArgumentException">A shape or the probability does not fit.</exception>
    public static Tensor Attention(Tensor qkv, int heads, TokenBatch batch, double dropout = 0)
    {
        if (qkv.Rows != batch.Tokens.Count || qkv.Columns % 3 != 0)
            throw new ArgumentException($"Attention takes queries, keys and values side by side, [{batch.Tokens.Count}, 3·hidden], not {qkv}");
        int hidden = qkv.Columns / 3;
        if (heads <= 0 || hidden % heads != 0) throw new ArgumentException($"{heads} heads do not divide the hidden size {hidden}");
        uint? key = EagerScope.NextSite(dropout);
        var source = qkv.Values;
        var values = new double[qkv.Rows * hidden];
        var tiles = new List<AttentionTile>();
        for (int s = 0; s < batch.First.Count; s++)
        {
            for (int h = 0; h < heads; h++)
            {
                tiles.Add(new(source, hidden, heads, batch.Starts[s], batch.Starts[s + 1] - batch.Starts[s], h, key, dropout));
                EagerScope.Attended(s, h, tiles[^1]);
            }
        }

        foreach (var tile in tiles) tile.Forward(values);
        return Elementwise.Finish(qkv.Rows, hidden, values, [qkv], gradient =>
        {
            var sum = qkv.Accumulator();
            foreach (var tile in tiles) tile.Backward(gradient, sum);
        });
    }
}
