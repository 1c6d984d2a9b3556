using static AlbertCompiled.Library;
using static AlbertCompiled.Models.Tasks;
using static AlbertCompiled.Primitives;

namespace AlbertCompiled.Models;

/// <summary>Which weights the layers of an ALBERT share (Lan et al. 2020, Table 4). A LayerNorm travels with the block before it.</summary>
public enum Sharing
{
    /// <summary>All layers of a group are the same layer.</summary>
    All,

    /// <summary>Attention is shared, feed-forward is not.</summary>
    Attention,

    /// <summary>Feed-forward is shared, attention is not.</summary>
    FeedForward,

    /// <summary>Every layer has weights of its own.</summary>
    None,
}

/// <summary>The two forms of GELU: they move the logits by about 2e-3.</summary>
public enum Activation
{
    /// <summary>The tanh approximation, "gelu_new": ALBERT's.</summary>
    GeluTanh,

    /// <summary>The exact form: BERT's.</summary>
    GeluErf,
}

/// <summary>An ALBERT (Lan et al., "ALBERT: A Lite BERT for Self-supervised Learning of Language Representations", ICLR 2020).</summary>
[Definition]
public sealed class AlbertAttribute : ArchitectureAttribute<AlbertGraph>
{
    /// <summary>Pieces of the tokenizer.</summary>
    public int Vocabulary { get; set; } = 30_000;

    /// <summary>Columns of the embedding tables, E.</summary>
    public int Embedding { get; set; } = 128;

    /// <summary>Columns of the hidden states, H.</summary>
    public int Hidden { get; set; } = 768;

    /// <summary>Layers applied, L.</summary>
    public int Layers { get; set; } = 12;

    /// <summary>Groups of layers with weights of their own.</summary>
    public int Groups { get; set; } = 1;

    /// <summary>Blocks applied in turn by every layer of a group.</summary>
    public int InnerLayers { get; set; } = 1;

    /// <summary>Attention heads; they divide <see cref="Hidden"/>.</summary>
    public int Heads { get; set; } = 12;

    /// <summary>Columns inside the feed-forward block.</summary>
    public int Intermediate { get; set; } = 3072;

    /// <summary>Rows of the position table: the longest sequence.</summary>
    public int Positions { get; set; } = 512;

    /// <summary>Rows of the segment table.</summary>
    public int Segments { get; set; } = 2;

    /// <summary>Which weights the layers of a group share.</summary>
    public Sharing Sharing { get; set; } = Sharing.All;

    /// <summary>The activation of feed-forward blocks and of the prediction head.</summary>
    public Activation Activation { get; set; } = Activation.GeluTanh;

    /// <summary>Maps E → H even where E = H, as the common Python port does; the original then has no mapping.</summary>
    public bool AlwaysMap { get; set; }

    /// <summary>Probability of dropping a hidden value while training.</summary>
    public double Dropout { get; set; }

    /// <summary>Probability of dropping an attention weight while training.</summary>
    public double AttentionDropout { get; set; }

    /// <summary>Added to the variance in LayerNorm.</summary>
    public double LayerNormEpsilon { get; set; } = 1e-12;

    /// <summary>Standard deviation of the initial matrices.</summary>
    public double Deviation { get; set; } = 0.02;

    /// <summary>Amplitude of the sines that the position table starts with; 0: it starts random like the others.</summary>
    public double SinusoidalPositions { get; set; }

    /// <summary>True if a linear layer maps E → H.</summary>
    public bool Maps => AlwaysMap || Embedding != Hidden;

    /// <summary>Blocks with weights of their own.</summary>
    /// <param name="shared">Whether the layers of a group share them.</param>
    public int Blocks(bool shared)
    {
        if (Groups < 1) throw new ArgumentException($"Groups is a number from 1 on, not {Groups}");
        if (Groups > Layers && Layers > 0) throw new ArgumentException($"{Groups} groups are more than {Layers} layers can take turns with");
        if (InnerLayers < 1) throw new ArgumentException($"InnerLayers is a number from 1 on, not {InnerLayers}");
        return (shared ? Groups : Layers) * InnerLayers;
    }
}

/// <summary>The definition of ALBERT. The weights bear the names of the common checkpoints.</summary>
[Definition]
public sealed class AlbertGraph(AlbertAttribute c) : ModelGraph
{
    sealed record AttentionLayer(LinearLayer QueryKeyValue, LinearLayer Output, NormLayer Norm);

    sealed record FeedForwardLayer(LinearLayer Input, LinearLayer Output, NormLayer Norm);

    readonly Tensor word = Weight("albert.embeddings.word_embeddings.weight", c.Vocabulary, c.Embedding, Initial.Normal(c.Deviation));
    readonly Tensor position = Weight("albert.embeddings.position_embeddings.weight", c.Positions, c.Embedding,
        c.SinusoidalPositions != 0 ? Initial.Sinusoidal(c.SinusoidalPositions) : Initial.Normal(c.Deviation));
    readonly Tensor segment = Weight("albert.embeddings.token_type_embeddings.weight", c.Segments, c.Embedding, Initial.Normal(c.Deviation));
    readonly NormLayer embeddingNorm = NormWeights("albert.embeddings.LayerNorm", c.Embedding);
    readonly LinearLayer? mapping = c.Maps ? LinearWeights("albert.encoder.embedding_hidden_mapping_in", c.Embedding, c.Hidden, c.Deviation) : null;
    readonly AttentionLayer[] attention = Each(c.Blocks(SharesAttention(c)), b => AttentionWeights(c, BlockName(c, b)));
    readonly FeedForwardLayer[] feedForward = Each(c.Blocks(SharesFeedForward(c)), b => FeedForwardWeights(c, BlockName(c, b)));
    readonly LinearLayer pooler = LinearWeights("albert.pooler", c.Hidden, c.Hidden, c.Deviation);
    readonly LinearLayer transform = LinearWeights("predictions.dense", c.Hidden, c.Embedding, c.Deviation);
    readonly NormLayer transformNorm = NormWeights("predictions.LayerNorm", c.Embedding);
    readonly Tensor decoderBias = Weight("predictions.bias", c.Vocabulary, Initial.Zero);
    readonly LinearLayer orderHead = LinearWeights("sop_classifier.classifier", c.Hidden, 2, c.Deviation);
    readonly LinearLayer? classifier = c.Labels == 0 ? null : LinearWeights("classifier", c.Hidden, c.Labels, c.Deviation);
    readonly LinearLayer? spans = c.Spans ? LinearWeights("qa_outputs", c.Hidden, 2, c.Deviation) : null;

    /// <summary>Masked language modelling plus sentence order (Lan et al. 2020, §3.1).</summary>
    public Outputs Pretraining(TokenBatch batch)
    {
        var hidden = Encode(batch);
        var predicted = Rows(hidden, batch.Predicted);
        var logits = Decode(predicted);
        var pooled = Pool(hidden, batch);
        var order = Linear(Dropout(pooled, c.Dropout), orderHead);
        var mlm = Mean(CrossEntropy(logits, batch.Labels));
        var sop = Mean(CrossEntropy(order, batch.Order));
        return new Outputs(
            ("loss", mlm + sop), ("mlm_loss", mlm), ("sop_loss", sop),
            ("mlm_accuracy", Mean(Correct(logits, batch.Labels))), ("sop_accuracy", Mean(Correct(order, batch.Order))));
    }

    /// <summary>The heads' answers: logits [predictions, vocabulary], order [sequences, 2], pooled [sequences, hidden], hidden [tokens, hidden].</summary>
    public Outputs Prediction(TokenBatch batch)
    {
        var hidden = Encode(batch);
        var predicted = Rows(hidden, batch.Predicted);
        var pooled = Pool(hidden, batch);
        return new Outputs(("logits", Decode(predicted)), ("order", Linear(pooled, orderHead)), ("pooled", pooled), ("hidden", hidden));
    }

    /// <summary>The hidden states, hidden [tokens, hidden], and those of each sequence's first token through the pooler, pooled [sequences, hidden].</summary>
    public Outputs Encoding(TokenBatch batch)
    {
        var hidden = Encode(batch);
        return new Outputs(("hidden", hidden), ("pooled", Pool(hidden, batch)));
    }

    /// <summary>What class a sequence belongs to: logits [sequences, labels].</summary>
    public Outputs Classification(TokenBatch batch) => Labelled(Classify(Pool(Encode(batch), batch)), batch);

    /// <summary>What number a sequence deserves, as two sentences their similarity: logits [sequences, 1].</summary>
    public Outputs Regression(TokenBatch batch) => Rated(Classify(Pool(Encode(batch), batch)), batch);

    /// <summary>Where an answer begins and ends: logits [tokens, 2].</summary>
    public Outputs SpanAnswer(TokenBatch batch) => Answered(Linear(Encode(batch), spans!), batch);

    /// <summary>What class a token belongs to: logits [tokens, labels].</summary>
    public Outputs TokenTags(TokenBatch batch) => Labelled(Classify(Encode(batch)), batch);

    /// <summary>How right a choice is: logits [sequences, 1].</summary>
    public Outputs MultipleChoice(TokenBatch batch) => Chosen(Classify(Pool(Encode(batch), batch)), batch);

    Tensor Classify(Tensor x)
    {
        var classified = Dropout(x, c.ClassifierDropout);
        return Linear(classified, classifier!);
    }

    // [tokens, hidden]
    Tensor Encode(TokenBatch batch)
    {
        var lookup = Rows(word, batch.Tokens) + Rows(segment, batch.Segments) + Rows(position, batch.Positions);
        var embedded = Dropout(LayerNorm(lookup, embeddingNorm, c.LayerNormEpsilon), c.Dropout);
        var hidden = mapping is null ? embedded : Linear(embedded, mapping);
        return Repeat(c.Layers, hidden, (h, l) => LayerGroup(h, l, batch));
    }

    Tensor LayerGroup(Tensor x, int layer, TokenBatch batch)
    {
        for (int i = 0; i < c.InnerLayers; i++)
            x = Layer(x, attention[Block(SharesAttention(c), layer, i)], feedForward[Block(SharesFeedForward(c), layer, i)], batch);
        return x;
    }

    // Exact integers: the float formula of the original shares wrongly at e.g. 22 layers in 22 groups.
    int Block(bool shared, int layer, int inner) => (shared ? layer * c.Groups / c.Layers : layer) * c.InnerLayers + inner;

    Tensor Layer(Tensor x, AttentionLayer a, FeedForwardLayer f, TokenBatch batch)
    {
        var queryKeyValue = Linear(x, a.QueryKeyValue);
        var context = Attention(queryKeyValue, c.Heads, batch, c.AttentionDropout);
        var attentionSum = x + Dropout(Linear(context, a.Output), c.Dropout);
        var attended = LayerNorm(attentionSum, a.Norm, c.LayerNormEpsilon);
        var expanded = Activate(Linear(attended, f.Input));
        var layerSum = attended + Dropout(Linear(expanded, f.Output), c.Dropout);
        var layerOutput = LayerNorm(layerSum, f.Norm, c.LayerNormEpsilon);
        return layerOutput;
    }

    Tensor Activate(Tensor x) => c.Activation is Activation.GeluTanh ? GeluTanh(x) : GeluErf(x);

    // [sequences, hidden], of each sequence's first token
    Tensor Pool(Tensor hidden, TokenBatch batch)
    {
        var first = Rows(hidden, batch.First);
        return Tanh(Linear(first, pooler));
    }

    // [predictions, vocabulary]; the word table serves as the decoder's weight
    Tensor Decode(Tensor x)
    {
        var transformed = Activate(Linear(x, transform));
        var decoderInput = LayerNorm(transformed, transformNorm, c.LayerNormEpsilon);
        return MatMul(decoderInput, word, transposeB: true) + decoderBias;
    }

    static bool SharesAttention(AlbertAttribute c) => c.Sharing is Sharing.All or Sharing.Attention;

    static bool SharesFeedForward(AlbertAttribute c) => c.Sharing is Sharing.All or Sharing.FeedForward;

    static string BlockName(AlbertAttribute c, int block) =>
        $"albert.encoder.albert_layer_groups.{block / c.InnerLayers}.albert_layers.{block % c.InnerLayers}";

    static AttentionLayer AttentionWeights(AlbertAttribute c, string name) => new(
        Stack(
            LinearWeights($"{name}.attention.query", c.Hidden, c.Hidden, c.Deviation),
            LinearWeights($"{name}.attention.key", c.Hidden, c.Hidden, c.Deviation),
            LinearWeights($"{name}.attention.value", c.Hidden, c.Hidden, c.Deviation)),
        LinearWeights($"{name}.attention.dense", c.Hidden, c.Hidden, c.Deviation),
        NormWeights($"{name}.attention.LayerNorm", c.Hidden));

    static FeedForwardLayer FeedForwardWeights(AlbertAttribute c, string name) => new(
        LinearWeights($"{name}.ffn", c.Hidden, c.Intermediate, c.Deviation),
        LinearWeights($"{name}.ffn_output", c.Intermediate, c.Hidden, c.Deviation),
        NormWeights($"{name}.full_layer_layer_norm", c.Hidden));

    static LinearLayer LinearWeights(string name, int inputs, int outputs, double deviation) =>
        new(Weight($"{name}.weight", outputs, inputs, Initial.Normal(deviation)), Weight($"{name}.bias", outputs, Initial.Zero));

    static NormLayer NormWeights(string name, int columns) =>
        new(Weight($"{name}.weight", columns, Initial.One), Weight($"{name}.bias", columns, Initial.Zero));
}
