using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace AlbertCompiled.Peers;

/// <summary>Sizes of the model and of the usual batch.</summary>
sealed record Sizes(int Hidden, int Layers, int Heads, int Intermediate, int Vocabulary, int B, int S)
{
    public const int Embedding = 128, Positions = 512;

    public static Sizes Of(string config) => config switch
    {
        "base" => new(768, 12, 12, 3072, 30000, 4, 128),
        "small" => new(256, 6, 4, 1024, 8000, 16, 128),
        _ => throw new ArgumentException($"config={config} is neither base nor small"),
    };
}

/// <summary>
/// ALBERT as one writes it for libtorch when it is to be fast: one product for queries, keys and values, fused attention and GELU, heads for predicted
/// rows only. In bf16 the operands of products are cast, as autocast does it, each weight once a step; normalisation, losses and weights are float32.
/// </summary>
sealed class TorchAlbert
{
    readonly Sizes c;
    readonly double dropout;
    readonly ScalarType operand;
    readonly List<Parameter> parameters = [];
    readonly Embedding word, segment;
    readonly Parameter position, decoderBias;
    readonly (Parameter Weight, Parameter Bias) embeddingNorm, mapping, qkv, output, attentionNorm, expansion, contraction, layerNorm, pooler, transform, transformNorm, order, classifier;

    public TorchAlbert(Sizes sizes, double dropout, bool bfloat16, int labels = 2)
    {
        (c, this.dropout, operand) = (sizes, dropout, bfloat16 ? ScalarType.BFloat16 : ScalarType.Float32);
        (word, segment) = (Table(c.Vocabulary), Table(2));
        (position, decoderBias) = (Random(Sizes.Positions, Sizes.Embedding), Filled(0, c.Vocabulary));
        (embeddingNorm, attentionNorm, layerNorm, transformNorm) = (Norm(Sizes.Embedding), Norm(c.Hidden), Norm(c.Hidden), Norm(Sizes.Embedding));
        (mapping, qkv, output) = (Linear(Sizes.Embedding, c.Hidden), Linear(c.Hidden, 3 * c.Hidden), Linear(c.Hidden, c.Hidden));
        (expansion, contraction) = (Linear(c.Hidden, c.Intermediate), Linear(c.Intermediate, c.Hidden));
        (pooler, transform, order, classifier) = (Linear(c.Hidden, c.Hidden), Linear(c.Hidden, Sizes.Embedding), Linear(c.Hidden, 2), Linear(c.Hidden, labels));
    }

    public IReadOnlyList<Parameter> Parameters => parameters;

    /// <summary>Hidden states and pooled, float32 or bf16.</summary>
    /// <param name="tokens">[B, S].</param>
    /// <param name="segments">[B, S].</param>
    /// <param name="mask">[B, 1, 1, S], true where a token is real; null: everywhere.</param>
    public (Tensor Hidden, Tensor Pooled) Encode(Tensor tokens, Tensor segments, Tensor? mask = null)
    {
        long b = tokens.shape[0], s = tokens.shape[1], size = c.Hidden / c.Heads;
        var embedded = word.call(tokens) + segment.call(segments) + position.narrow(0, 0, s);
        var hidden = Linear(Drop(Normalized(embedded, embeddingNorm)), Cast(mapping));
        var (qkvLow, outputLow, expansionLow, contractionLow) = (Cast(qkv), Cast(output), Cast(expansion), Cast(contraction));
        for (int layer = 0; layer < c.Layers; layer++)
        {
            var parts = Linear(hidden, qkvLow).view(b, s, 3, c.Heads, size).permute(2, 0, 3, 1, 4).unbind(0);
            var context = F.scaled_dot_product_attention(parts[0], parts[1], parts[2], mask, dropout, false).transpose(1, 2).reshape(b, s, c.Hidden);
            var attended = Normalized(hidden + Drop(Linear(context, outputLow)), attentionNorm);
            var expanded = F.gelu(Linear(attended, expansionLow), GELU.Approximate.tanh, false);
            hidden = Normalized(attended + Drop(Linear(expanded, contractionLow)), layerNorm);
        }

        return (hidden, tanh(Linear(hidden.select(1, 0), Cast(pooler))));
    }

    /// <summary>Masked language modelling plus sentence order.</summary>
    /// <param name="tokens">[B, S].</param>
    /// <param name="segments">[B, S].</param>
    /// <param name="predicted">[predictions] rows of B·S.</param>
    /// <param name="labels">[predictions].</param>
    /// <param name="orders">[B].</param>
    public Tensor Loss(Tensor tokens, Tensor segments, Tensor predicted, Tensor labels, Tensor orders)
    {
        var (hidden, pooled) = Encode(tokens, segments);
        var rows = hidden.reshape(-1, c.Hidden).index_select(0, predicted);
        var transformed = Normalized(F.gelu(Linear(rows, Cast(transform)), GELU.Approximate.tanh, false), transformNorm);
        var logits = Linear(transformed, (word.weight!.to(operand), decoderBias.to(operand)));
        var swapped = Linear(Drop(pooled), Cast(order));
        return F.cross_entropy(logits.to(ScalarType.Float32), labels) + F.cross_entropy(swapped.to(ScalarType.Float32), orders);
    }

    /// <summary>Classification.</summary>
    /// <param name="tokens">[B, S], padded.</param>
    /// <param name="segments">[B, S].</param>
    /// <param name="mask">[B, 1, 1, S], true where a token is real.</param>
    /// <param name="labels">[B].</param>
    public Tensor Loss(Tensor tokens, Tensor segments, Tensor mask, Tensor labels) =>
        F.cross_entropy(Linear(Drop(Encode(tokens, segments, mask).Pooled), Cast(classifier)).to(ScalarType.Float32), labels);

    (Tensor Weight, Tensor Bias) Cast((Parameter Weight, Parameter Bias) p) => (p.Weight.to(operand), p.Bias.to(operand));

    Tensor Linear(Tensor x, (Tensor Weight, Tensor Bias) p) => F.linear(x.to(operand), p.Weight, p.Bias);

    Tensor Drop(Tensor x) => dropout > 0 ? F.dropout(x, dropout, true, false) : x;

    static Tensor Normalized(Tensor x, (Parameter Weight, Parameter Bias) p) => F.layer_norm(x.to(ScalarType.Float32), [p.Weight.shape[0]], p.Weight, p.Bias, 1e-12);

    Embedding Table(int rows)
    {
        var table = nn.Embedding(rows, Sizes.Embedding);
        using (no_grad()) table.weight!.mul_(0.02f);
        parameters.Add(table.weight!);
        return table;
    }

    (Parameter Weight, Parameter Bias) Linear(int from, int to) => (Random(to, from), Filled(0, to));

    (Parameter Weight, Parameter Bias) Norm(int columns) => (Filled(1, columns), Filled(0, columns));

    Parameter Random(params long[] shape) => Own(randn(shape).mul_(0.02f));

    Parameter Filled(float value, int columns) => Own(full([columns], value));

    Parameter Own(Tensor values)
    {
        var parameter = new Parameter(values);
        parameters.Add(parameter);
        return parameter;
    }
}
