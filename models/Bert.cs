using static AlbertCompiled.Library;
using static AlbertCompiled.Models.Tasks;
using static AlbertCompiled.Primitives;

namespace AlbertCompiled.Models;

/// <summary>A BERT (Devlin et al., "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding", NAACL 2019): what ALBERT is measured against.</summary>
[Definition]
public sealed class BertAttribute : ArchitectureAttribute<BertGraph>
{
    /// <summary>Pieces of the tokenizer.</summary>
    public int Vocabulary { get; set; } = 30_522;

    /// <summary>Columns of the embedding tables and of the hidden states, H.</summary>
    public int Hidden { get; set; } = 768;

    /// <summary>Layers, each with weights of its own.</summary>
    public int Layers { get; set; } = 12;

    /// <summary>Attention heads; they divide <see cref="Hidden"/>.</summary>
    public int Heads { get; set; } = 12;

    /// <summary>Columns inside the feed-forward block.</summary>
    public int Intermediate { get; set; } = 3072;

    /// <summary>Rows of the position table: the longest sequence.</summary>
    public int Positions { get; set; } = 512;

    /// <summary>Rows of the segment table.</summary>
    public int Segments { get; set; } = 2;

    /// <summary>Probability of dropping a hidden value while training.</summary>
    public double Dropout { get; set; } = 0.1;

    /// <summary>Probability of dropping an attention weight while training.</summary>
    public double AttentionDropout { get; set; } = 0.1;

    /// <summary>Added to the variance in LayerNorm.</summary>
    public double LayerNormEpsilon { get; set; } = 1e-12;

    /// <summary>Standard deviation of the initial matrices.</summary>
    public double Deviation { get; set; } = 0.02;
}

/// <summary>The definition of BERT. The weights bear the names of the common checkpoints.</summary>
[Definition]
public sealed class BertGraph(BertAttribute c) : ModelGraph
{
    sealed record EncoderLayer(
        LinearLayer QueryKeyValue, LinearLayer AttentionOutput, NormLayer AttentionNorm, LinearLayer Input, LinearLayer Output, NormLayer OutputNorm);

    readonly Tensor word = Weight("bert.embeddings.word_embeddings.weight", c.Vocabulary, c.Hidden, Initial.Normal(c.Deviation));
    readonly Tensor position = Weight("bert.embeddings.position_embeddings.weight", c.Positions, c.Hidden, Initial.Normal(c.Deviation));
    readonly Tensor segment = Weight("bert.embeddings.token_type_embeddings.weight", c.Segments, c.Hidden, Initial.Normal(c.Deviation));
    readonly NormLayer embeddingNorm = NormWeights("bert.embeddings.LayerNorm", c.Hidden);
    readonly EncoderLayer[] layers = Each(c.Layers, l => LayerWeights(c, $"bert.encoder.layer.{l}"));
    readonly LinearLayer pooler = LinearWeights("bert.pooler.dense", c.Hidden, c.Hidden, c.Deviation);
    readonly LinearLayer transform = LinearWeights("cls.predictions.transform.dense", c.Hidden, c.Hidden, c.Deviation);
    readonly NormLayer transformNorm = NormWeights("cls.predictions.transform.LayerNorm", c.Hidden);
    readonly Tensor decoderBias = Weight("cls.predictions.bias", c.Vocabulary, Initial.Zero);
    readonly LinearLayer orderHead = LinearWeights("cls.seq_relationship", c.Hidden, 2, c.Deviation);
    readonly LinearLayer? classifier = c.Labels == 0 ? null : LinearWeights("classifier", c.Hidden, c.Labels, c.Deviation);
    readonly LinearLayer? spans = c.Spans ? LinearWeights("qa_outputs", c.Hidden, 2, c.Deviation) : null;

    /// <summary>Masked language modelling plus a decision about the second segment: next sentence or sentence order, as the data has it.</summary>
    public Outputs Pretraining(TokenBatch batch)
    {
        var hidden = Encode(batch);
        var predicted = Rows(hidden, batch.Predicted);
        var logits = Decode(predicted);
        var pooled = Pool(hidden, batch);
        var order = Linear(pooled, orderHead);
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
        return Repeat(c.Layers, embedded, (h, l) => Layer(h, layers[l], batch));
    }

    Tensor Layer(Tensor x, EncoderLayer w, TokenBatch batch)
    {
        var queryKeyValue = Linear(x, w.QueryKeyValue);
        var context = Attention(queryKeyValue, c.Heads, batch, c.AttentionDropout);
        var attentionSum = x + Dropout(Linear(context, w.AttentionOutput), c.Dropout);
        var attended = LayerNorm(attentionSum, w.AttentionNorm, c.LayerNormEpsilon);
        var expanded = GeluErf(Linear(attended, w.Input));
        var layerSum = attended + Dropout(Linear(expanded, w.Output), c.Dropout);
        var layerOutput = LayerNorm(layerSum, w.OutputNorm, c.LayerNormEpsilon);
        return layerOutput;
    }

    // [sequences, hidden], of each sequence's first token
    Tensor Pool(Tensor hidden, TokenBatch batch)
    {
        var first = Rows(hidden, batch.First);
        return Tanh(Linear(first, pooler));
    }

    // [predictions, vocabulary]; the word table serves as the decoder's weight
    Tensor Decode(Tensor x)
    {
        var transformed = GeluErf(Linear(x, transform));
        var decoderInput = LayerNorm(transformed, transformNorm, c.LayerNormEpsilon);
        return MatMul(decoderInput, word, transposeB: true) + decoderBias;
    }

    static EncoderLayer LayerWeights(BertAttribute c, string name) => new(
        Stack(
            LinearWeights($"{name}.attention.self.query", c.Hidden, c.Hidden, c.Deviation),
            LinearWeights($"{name}.attention.self.key", c.Hidden, c.Hidden, c.Deviation),
            LinearWeights($"{name}.attention.self.value", c.Hidden, c.Hidden, c.Deviation)),
        LinearWeights($"{name}.attention.output.dense", c.Hidden, c.Hidden, c.Deviation),
        NormWeights($"{name}.attention.output.LayerNorm", c.Hidden),
        LinearWeights($"{name}.intermediate.dense", c.Hidden, c.Intermediate, c.Deviation),
        LinearWeights($"{name}.output.dense", c.Intermediate, c.Hidden, c.Deviation),
        NormWeights($"{name}.output.LayerNorm", c.Hidden));

    static LinearLayer LinearWeights(string name, int inputs, int outputs, double deviation) =>
        new(Weight($"{name}.weight", outputs, inputs, Initial.Normal(deviation)), Weight($"{name}.bias", outputs, Initial.Zero));

    static NormLayer NormWeights(string name, int columns) =>
        new(Weight($"{name}.weight", columns, Initial.One), Weight($"{name}.bias", columns, Initial.Zero));
}
