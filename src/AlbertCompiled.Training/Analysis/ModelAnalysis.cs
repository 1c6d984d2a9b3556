namespace AlbertCompiled.Training;

/// <summary>A piece with its nearest in the embedding table.</summary>
/// <param name="Piece">Its id.</param>
/// <param name="Nearest">Nearest first.</param>
public sealed record PieceNeighbours(int Piece, IReadOnlyList<Neighbour> Nearest);

/// <summary>What is seen inside a trained model. Its definition runs op by op in double precision, so every value is there to be looked at.</summary>
/// <param name="Sequences">Held-out sequences read.</param>
/// <param name="Tokens">Tokens in them.</param>
/// <param name="Layers">How each layer changed their vectors.</param>
/// <param name="Sentence">Token ids of the sentence whose attention is shown.</param>
/// <param name="Attention">The heads of every block for that sentence.</param>
/// <param name="Neighbours">Pieces and their neighbours.</param>
public sealed record ModelAnalysis(
    int Sequences, int Tokens, IReadOnlyList<LayerChange> Layers, IReadOnlyList<int> Sentence, IReadOnlyList<IReadOnlyList<AttentionMap>> Attention, IReadOnlyList<PieceNeighbours> Neighbours)
{
    /// <summary>Tokens of the longest sentence whose maps can be told apart.</summary>
    public const int LongestSentence = 128;

    const int NeighboursShown = 8;

    // the programs that reach the last layer, the cheapest first
    static readonly string[] Programs = ["Encoding", "Prediction", "Classification", "Pretraining"];

    /// <summary>Looks into a model.</summary>
    /// <param name="model">The model with its weights.</param>
    /// <param name="vocabulary">Its vocabulary.</param>
    /// <param name="heldOut">What to measure layers on.</param>
    /// <param name="sentence">Token ids of a sentence, special pieces included, in one segment.</param>
    /// <param name="pieces">Pieces whose neighbours are looked up.</param>
    /// <exception cref="TrainingException">The model has no layers or computes no numbers, or the sentence is too long.</exception>
    public static ModelAnalysis Run(CompiledModel model, Vocabulary vocabulary, TokenBatch heldOut, int[] sentence, IReadOnlyList<int> pieces)
    {
        int longest = Math.Min(LongestSentence, model.Description.Positions());
        if (sentence.Length > longest) throw new TrainingException($"the text has {sentence.Length} tokens; attention is shown for {longest} at most");
        var table = EmbeddingNeighbours.Of(model, vocabulary);
        var graph = Definition(model);
        var program = Programs.Select(graph.Program).FirstOrDefault(p => p is not null) ?? throw new TrainingException($"the definition of {model.Description.Name} has none of the programs {string.Join(", ", Programs)}");
        var single = new TokenBatch(new(sentence.Length, 1, 1));
        single.Add(sentence, new int[sentence.Length]);
        LayerTrace layers = new(keepsAttention: false), attention = new(keepsAttention: true);
        EagerRun.Evaluate(graph, _ => program(heldOut), layers);
        EagerRun.Evaluate(graph, _ => program(single), attention);
        if (layers.Changes.Count == 0) throw new TrainingException($"the definition of {model.Description.Name} has no layers: it repeats nothing");
        if (!layers.Changes.All(c => double.IsFinite(c.Distance.Mean))) throw new TrainingException($"what the layers of {model.Description.Name} compute are no numbers, so that its weights are of no use");
        if (attention.Attention.Count == 0) throw new TrainingException($"the definition of {model.Description.Name} has no attention");
        return new(heldOut.First.Count, heldOut.Tokens.Count, layers.Changes, sentence, attention.Attention,
            [.. pieces.Select(p => new PieceNeighbours(p, table.Nearest(p, vocabulary.Ordinary, NeighboursShown)))]);
    }

    static ModelGraph Definition(CompiledModel model)
    {
        try
        {
            return ModelGraph.Of(model);
        }
        catch (ArgumentException e)
        {
            throw new TrainingException(e.Message, e);
        }
    }
}
