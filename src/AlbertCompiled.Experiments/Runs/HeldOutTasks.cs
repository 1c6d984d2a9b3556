using AlbertCompiled.Training;

namespace AlbertCompiled.Experiments;

/// <summary>What all runs on a corpus are scored on: the same sequences with the same masks for every model.</summary>
public sealed class HeldOutTasks
{
    const ulong ProbeSeed = 7;
    const int TracedSequences = 16, TracedLength = 32;

    readonly Dictionary<Objective, HeldOutSet> sets;
    readonly int probeBatches;

    /// <summary>Draws them.</summary>
    /// <param name="corpus">The text.</param>
    /// <param name="vocabulary">Its pieces.</param>
    /// <param name="sequences">Held-out sequences of each task.</param>
    /// <param name="probeBatches">Batches that a probe learns from: of the default, some two thousand pairs.</param>
    public HeldOutTasks(Corpus corpus, Vocabulary vocabulary, int sequences = ExperimentRecipe.EvaluationSequences, int probeBatches = 60)
    {
        (Corpus, Vocabulary, this.probeBatches) = (corpus, vocabulary, probeBatches);
        sets = Enum.GetValues<Objective>().ToDictionary(o => o, o => HeldOutSet.Draw(corpus, vocabulary, Recipe(o), ExperimentRecipe.Capacity, sequences));
        Traced = HeldOutText.Draw(corpus, vocabulary, Recipe(Objective.SentenceOrder).Packing, TracedLength, TracedSequences);
    }

    /// <summary>The text.</summary>
    public Corpus Corpus { get; }

    /// <summary>Its pieces.</summary>
    public Vocabulary Vocabulary { get; }

    /// <summary>Unmasked sequences that layers are traced on.</summary>
    public TokenBatch Traced { get; }

    /// <summary>Held-out batches of a task.</summary>
    public HeldOutSet this[Objective objective] => sets[objective];

    /// <summary>Batches of training text with the labels of a task, for a probe to learn from.</summary>
    public IReadOnlyList<TokenBatch> Probe(Objective objective)
    {
        var source = new PretrainingBatches(Corpus, Vocabulary, Recipe(objective) with { Stages = [new(Recipe(objective).LongestSequence, 1)] }, ExperimentRecipe.Capacity, ProbeSeed);
        return [.. Enumerable.Range(0, probeBatches).Select(i =>
        {
            var batch = new TokenBatch(ExperimentRecipe.Capacity);
            source.Fill(i, batch);
            return batch;
        })];
    }

    /// <summary>What simple rules reach on a task.</summary>
    public Baselines Baselines(Objective objective) => Training.Baselines.Measure(Corpus, Vocabulary, Recipe(objective), ExperimentRecipe.Capacity, this[objective]);

    Recipe Recipe(Objective objective) => ExperimentRecipe.Of(objective, probeBatches);
}
