using AlbertCompiled.Training;

namespace AlbertCompiled.Commands;

/// <summary>Fine-tuned models that answer together: the mean of what each says. One model is an ensemble too.</summary>
sealed class Ensemble
{
    readonly IReadOnlyList<Member> members;

    Ensemble(IReadOnlyList<Member> members) => this.members = members;

    /// <summary>The first model's settings; task and labels are those of all.</summary>
    public FineTuningConfiguration Configuration => members[0].Configuration;

    /// <summary>The first model's vocabulary.</summary>
    public Vocabulary Vocabulary => members[0].Vocabulary;

    /// <summary>By which option another vocabulary would be named.</summary>
    public string VocabularyOption => Configuration.From is null ? "--vocabulary of albert finetune" : "--vocabulary of albert pretrain";

    /// <summary>The threshold of null odds that was best on each model's development data; null if it has none.</summary>
    public IReadOnlyList<double?> NullOddsThresholds => [.. members.Select(m => m.Configuration.NullOddsThreshold)];

    /// <summary>The mean of these thresholds; null if a model has none.</summary>
    public double? NullOddsThreshold => NullOddsThresholds.All(t => t is not null) ? NullOddsThresholds.Average() : null;

    /// <summary>The models' folders.</summary>
    public IReadOnlyList<string> Folders => [.. members.Select(m => m.Folder.Folder)];

    /// <summary>What the models were trained on and judged by.</summary>
    public IEnumerable<string> Data => members.SelectMany(m => m.Configuration.Data).Distinct();

    /// <summary>Opens the models in folders.</summary>
    /// <exception cref="TrainingException">There is none, one is damaged, or they are for different tasks.</exception>
    public static Ensemble Open(string[] folders, CommandContext context)
    {
        var members = FineTunedFolder.Find(folders).Select(f => Member.Open(f, context)).ToList();
        foreach (var other in members.Skip(1))
            if (Difference(members[0], other) is { } difference) throw new TrainingException($"{members[0].Folder.Folder} and {other.Folder.Folder} cannot answer together: their {difference} differ");
        return new(members);
    }

    /// <summary>Answers a set.</summary>
    /// <param name="device">Where the models run, one after the other.</param>
    /// <param name="read">Reads the set with a model's tokenizer.</param>
    /// <returns>The set, the mean of the answers, and each model's answers.</returns>
    public (TaskSet Set, float[][] Answers, IReadOnlyList<float[][]> Members) Answer(Device device, Func<TaskData, TaskSet> read)
    {
        TaskSet? first = null;
        var answers = new List<float[][]>();
        foreach (var member in members)
        {
            var set = read(member.Reader);
            first ??= set;
            using var model = member.Model.Create(device, TaskSet.Capacity(member.Configuration.BatchTokens, set), member.Configuration.Seed);
            member.Folder.Load(model);
            answers.Add(Predictor.Run(model, set));
        }

        return (first!, answers.Count == 1 ? answers[0] : Predictor.Average(answers), answers);
    }

    // windows have answers of their own, so that they must be the same
    static string? Difference(Member a, Member b)
    {
        var (x, y) = (a.Configuration, b.Configuration);
        if (x.Task != y.Task) return "tasks";
        if (!(x.Labels ?? []).SequenceEqual(y.Labels ?? [])) return "labels";
        if (a.Model.Head != TaskHead.Answers && a.Model.Head != TaskHead.Tags) return null;
        if (x.Sequence != y.Sequence || x.Stride != y.Stride) return "windows (--sequence, --stride)";
        return a.Vocabulary.Bytes.AsSpan().SequenceEqual(b.Vocabulary.Bytes) ? null : "vocabularies";
    }

    sealed record Member(FineTunedFolder Folder, FineTuningConfiguration Configuration, RegisteredModel Model, Vocabulary Vocabulary)
    {
        public TaskData Reader => new(Configuration.Task, Configuration.Columns, Configuration.LabelSet(), new(new VocabularyTokenizer(Vocabulary), Configuration.Sequence, Configuration.Stride), Scores: Configuration.Scores);

        public static Member Open(FineTunedFolder folder, CommandContext context)
        {
            var configuration = folder.ReadConfiguration();
            return new(folder, configuration, context.Models.Trained(folder.Folder, configuration.Model, folder.Weights), Vocabulary.Load(folder.VocabularyFile));
        }
    }
}
