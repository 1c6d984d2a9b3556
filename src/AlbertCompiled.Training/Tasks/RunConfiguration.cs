namespace AlbertCompiled.Training;

/// <summary>Everything that a run's numbers follow from, kept as config.json in its folder.</summary>
/// <param name="Model">Name of the model.</param>
/// <param name="Architecture">The model's configuration, name to value.</param>
/// <param name="Recipe">Hyperparameters.</param>
/// <param name="Seed">Seed of weights, data and masks.</param>
/// <param name="Text">The files or folders trained on; empty: the documentation of the .NET SDK.</param>
/// <param name="TextDescription">The same in words.</param>
/// <param name="Corpus">Key of the prepared corpus, a checksum of text and vocabulary.</param>
/// <param name="EvaluationSequences">Held-out sequences that the final evaluation reads.</param>
/// <param name="Device">What it ran on, for the record; a run may be resumed elsewhere.</param>
/// <param name="From">The folder whose weights it started from; null: from the seed.</param>
/// <param name="Data">The dataset trained on, in place of <paramref name="Text"/>.</param>
/// <param name="Format">How the text lies in its files; null: the default.</param>
/// <param name="Loop">When it is evaluated and saved; null in runs of earlier versions: the default.</param>
public sealed record RunConfiguration(
    string Model, IReadOnlyDictionary<string, string> Architecture, Recipe Recipe, ulong Seed, IReadOnlyList<string> Text, string TextDescription, string Corpus,
    int EvaluationSequences, string Device, string? From = null, string? Data = null, TextFormat? Format = null, LoopOptions? Loop = null)
{
    /// <summary>The room of a batch: no sequence is shorter than <see cref="Packer.ShortestSequence"/>, and masking never predicts more than a fifth.</summary>
    public Capacity Capacity() => new(Recipe.BatchTokens, EpochPlan.MostSequences(Recipe.BatchTokens));

    /// <summary>Checks the settings against each other and the model.</summary>
    /// <exception cref="TrainingException">They do not go together.</exception>
    public void Check(ModelDescription model, Vocabulary vocabulary)
    {
        if (Recipe.Stages.IsDefaultOrEmpty) throw new TrainingException("the recipe has no stages, which say how long sequences are: restore the run's configuration, or begin a new run");
        int longest = Recipe.LongestSequence, shortest = Recipe.Stages.Min(s => s.Sequence);
        if (vocabulary.Size > model.Vocabulary()) // the rows beyond a smaller one are never read, and never predicted
            throw new TrainingException($"the vocabulary has {vocabulary.Size} pieces, {model.Name} was compiled for {model.Vocabulary()}: choose a smaller one with --vocabulary, or another --model");
        if (longest > model.Positions())
            throw new TrainingException($"a sequence of {longest} tokens is longer than the {model.Positions()} positions of {model.Name}: choose a shorter --sequence");
        if (shortest < 2 * Packer.ShortestSequence)
            throw new TrainingException($"a sequence of {shortest} tokens is too short: --sequence must be at least {2 * Packer.ShortestSequence}");
        if (longest > Recipe.BatchTokens)
            throw new TrainingException($"a sequence of {longest} tokens does not fit into a batch of {Recipe.BatchTokens}: raise --batch-tokens or choose a shorter --sequence");
        if (Recipe.Accumulate < 1) throw new TrainingException($"updates of {Recipe.Accumulate} batches: --accumulate must be at least 1");
        if (Recipe.Steps < 1) throw new TrainingException($"a run of {Recipe.Steps} steps: --steps must be at least 1");
        if (Recipe.Steps > long.MaxValue / Recipe.Accumulate)
            throw new TrainingException($"a run of {Recipe.Steps} steps of {Recipe.Accumulate} batches: there is no number of so many batches; lower --steps or --accumulate");
        if (!(Recipe.LearningRate > 0)) throw new TrainingException($"a learning rate of {Recipe.LearningRate}: --learning-rate must be positive");
        Loop?.Check();
    }
}
