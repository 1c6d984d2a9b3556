using System.Diagnostics;
using System.Globalization;
using AlbertCompiled.Training;

namespace AlbertCompiled.Commands;

/// <summary>A run with its data prepared: says what it trains on, trains, evaluates, reports.</summary>
sealed class PretrainSession : IDisposable
{
    readonly CommandContext context;
    readonly Corpus corpus;
    readonly Vocabulary vocabulary;
    readonly HeldOutSet heldOut;
    readonly Baselines baselines;

    PretrainSession(CommandContext context, RunConfiguration configuration, Corpus corpus, Vocabulary vocabulary)
    {
        (this.context, this.corpus, this.vocabulary, Configuration) = (context, corpus, vocabulary, configuration);
        heldOut = HeldOutSet.Draw(corpus, vocabulary, configuration.Recipe, configuration.Capacity(), configuration.EvaluationSequences);
        baselines = Baselines.Measure(corpus, vocabulary, configuration.Recipe, configuration.Capacity(), heldOut);
    }

    /// <summary>The settings, with the corpus they were prepared with.</summary>
    public RunConfiguration Configuration { get; }

    /// <summary>Prepares the data of a run.</summary>
    /// <exception cref="TrainingException">The text is empty, unreadable, or not the one that the run began with.</exception>
    public static PretrainSession Prepare(
        CommandContext context, RunConfiguration configuration, Vocabulary vocabulary, int threads, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        // the dataset of the same text elsewhere may have been kept
        if (configuration.Data is null) configuration = configuration with { TextDescription = PretrainSettings.Text(configuration).Description };
        // another text is told before it is prepared
        var corpus = Open(context, configuration, vocabulary, threads, key => CheckKey(configuration, key), cancellation);
        try
        {
            if (configuration.Data is not null) configuration = configuration with { TextDescription = corpus.Manifest.Text };
            CheckKey(configuration, corpus.Key);
            CheckDocuments(context, configuration, corpus);
            context.Warn(configuration.TextDescription, corpus.Share(vocabulary.Unknown), vocabulary,
                configuration.From is not null ? "--vocabulary, without --from" : configuration.Data is not null ? "--vocabulary of albert prepare" : "--vocabulary");
            cancellation.ThrowIfCancellationRequested();
            var session = new PretrainSession(context, configuration with { Corpus = corpus.Key }, corpus, vocabulary);
            context.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"      {PrepareCommand.Counts(corpus)}, ready after {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s"));
            if (session.heldOut.Predictions == 0)
                context.Warn($"no token of the held-out text can be masked, so that a model learns nothing of words: they are masked whole, of at most {configuration.Recipe.Masking.Predictions(configuration.Recipe.LongestSequence)} pieces, and text without spaces is one word; part words by spaces, or train a vocabulary with longer pieces on this text (data/train-vocabulary.sh)");
            return session;
        }
        catch
        {
            corpus.Dispose();
            throw;
        }
    }

    static void CheckKey(RunConfiguration configuration, string key)
    {
        if (configuration.Corpus.Length > 0 && configuration.Corpus != key)
            throw new TrainingException($"{configuration.Data ?? configuration.TextDescription} is not what the run began with, or has changed since: choose another --run, or begin anew with --new{(configuration.Data is null ? "; a file must keep its name, since held-out documents are chosen by it" : "")}");
    }

    // what is said to come from another document needs another; a run that has begun goes on
    static void CheckDocuments(CommandContext context, RunConfiguration configuration, Corpus corpus)
    {
        if (configuration.Recipe.Packing.Objective != Objective.NextSentence) return;
        if (corpus.TrainingDocuments.Length < 2 && configuration.Corpus.Length == 0) throw new TrainingException("--objective nsp draws sentences from other documents, but the text has only one to train on: add text, or choose another objective");
        if (corpus.HeldOutDocuments.Length < 2) context.Warn("only one document is held out, so that segments of another one are its own: next-sentence figures on held-out text mean little");
    }

    /// <summary>Trains to the end or to the interruption.</summary>
    /// <param name="model">The model.</param>
    /// <param name="run">Its run.</param>
    /// <param name="resumed">Where the run goes on from; null: it is new.</param>
    /// <param name="resumeCommand">How to go on after a step; null: nothing of the run stays.</param>
    /// <param name="cancellation">Interrupts it.</param>
    /// <returns>The exit code.</returns>
    public int Train(CompiledModel model, RunFolder run, CheckpointState? resumed, Func<long, string?> resumeCommand, CancellationToken cancellation)
    {
        var recipe = Configuration.Recipe;
        context.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"model: {Configuration.Model}, {model.Description.ParameterCount:#,0} parameters, on {model.Device.Name}"));
        context.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"training: {Plural.Of(recipe.Steps, "step")} of {recipe.TokensAStep()} tokens, sequences of {string.Join(", then ", recipe.Stages.Select(s => s.Sequence))}, {recipe.Optimizer}, learning rate {recipe.LearningRate:G4}"));
        var board = new ProgressBoard();
        var result = Loop(model, run, resumed, board, cancellation);
        HtmlReport.Write(run, Configuration, model.Description);
        context.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"waited for data: {board.Waited:0.00} s"));
        if (result.Evaluation is not { } evaluation)
        {
            if (resumeCommand(result.State.Step) is not { } command)
            {
                context.Out.WriteLine("interrupted before the first step: nothing was kept");
                return Failures.Interrupted;
            }

            context.Out.WriteLine(FormattableString.Invariant($"interrupted after step {result.State.Step:#,0} of {recipe.Steps:#,0}; saved in {result.Checkpoint}"));
            context.Out.WriteLine($"go on with: {command}");
            return Failures.Interrupted;
        }

        Summarize(run, result.State, evaluation);
        return 0;
    }

    public void Dispose() => corpus.Dispose();

    /// <summary>The text of a run, prepared; says what it is.</summary>
    /// <exception cref="TrainingException">It is empty or unreadable.</exception>
    public static Corpus Open(CommandContext context, RunConfiguration configuration, Vocabulary vocabulary, int threads, CancellationToken cancellation) =>
        Open(context, configuration, vocabulary, threads, _ => { }, cancellation);

    static Corpus Open(CommandContext context, RunConfiguration configuration, Vocabulary vocabulary, int threads, Action<string> check, CancellationToken cancellation)
    {
        if (configuration.Data is { } data)
        {
            var corpus = Corpus.Open(data);
            context.Out.WriteLine($"data: {data}, {corpus.Manifest.Text}");
            corpus.CheckVocabulary(vocabulary);
            return corpus;
        }

        return Open(context, PretrainSettings.Text(configuration), vocabulary, threads, check, cancellation);
    }

    /// <summary>A text, prepared; says what it is.</summary>
    /// <exception cref="TrainingException">It is empty or unreadable.</exception>
    public static Corpus Open(CommandContext context, ITextSource source, Vocabulary vocabulary, int threads, CancellationToken cancellation) =>
        Open(context, source, vocabulary, threads, _ => { }, cancellation);

    static Corpus Open(CommandContext context, ITextSource source, Vocabulary vocabulary, int threads, Action<string> check, CancellationToken cancellation)
    {
        context.Out.WriteLine($"text: {source.Description}");
        var preparation = new CorpusPreparation(source, vocabulary, threads > 0 ? threads : Environment.ProcessorCount);
        var prepared = new PreparationDisplay(context.Out, context.IsTerminal).Follow(preparation, () =>
        {
            check(preparation.Key(cancellation));
            return CorpusCache.Open(preparation, CorpusCache.Folder, cancellation);
        });
        context.Warn(source.Report);
        return prepared;
    }

    PretrainingResult Loop(CompiledModel model, RunFolder run, CheckpointState? resumed, ProgressBoard board, CancellationToken cancellation)
    {
        var recipe = Configuration.Recipe;
        using var metrics = new MetricsWriter(run.Metrics, resumed?.Step ?? 0);
        if (!MetricsLog.HasBaselines(run.Metrics)) metrics.Baselines(baselines);
        var source = new PretrainingBatches(corpus, vocabulary, recipe, Configuration.Capacity(), Configuration.Seed);
        var options = Configuration.Loop ?? LoopOptions.Default;
        var loop = new PretrainingLoop(model, Configuration, heldOut, metrics, new(run.Folder, options.Keep), board, options, resumed);
        return new ProgressDisplay(context.Out, context.IsTerminal, recipe.Steps, recipe.Objective).Follow(board, () => loop.Run(source, cancellation));
    }

    void Summarize(RunFolder run, CheckpointState state, EvaluationResult evaluation)
    {
        var output = context.Out;
        var culture = CultureInfo.InvariantCulture;
        output.WriteLine(string.Create(culture, $"held-out text, {evaluation.Sequences:#,0} sequences, {evaluation.Predictions:#,0} masked tokens:"));
        if (evaluation.Predictions == 0)
        {
            output.WriteLine("  no token of it can be masked: what the model knows of words cannot be told");
        }
        else
        {
            output.WriteLine(string.Create(culture, $"  masked tokens found   {evaluation.MlmAccuracy,6:0.0%}"));
            output.WriteLine(string.Create(culture, $"    most frequent token {baselines.MostFrequentToken,6:0.0%}"));
            output.WriteLine(string.Create(culture, $"    previous-token table{baselines.PreviousToken,7:0.0%}  (counts of training text, sees the true token before)"));
        }

        if (Configuration.Recipe.Objective.Task() is { } task)
        {
            output.WriteLine(string.Create(culture, $"  {task.ToLowerInvariant() + " told",-20}  {evaluation.SopAccuracy,6:0.0%}"));
            output.WriteLine(string.Create(culture, $"    first tokens only   {baselines.FirstTokens,6:0.0%}  (a rule that sees only the first tokens of A and B)"));
        }

        output.WriteLine(Verdict(run, evaluation));
        output.WriteLine($"run: {run.Folder}  (report: {run.Report})");
        output.WriteLine(string.Create(culture,
            $"step={state.Step} loss={evaluation.Loss:0.0000} mlm_accuracy={evaluation.MlmAccuracy:0.0000} sop_accuracy={evaluation.SopAccuracy:0.0000} tokens_per_s={state.Tokens / Math.Max(state.TrainingSeconds, 1e-9):0}"));
    }

    string Verdict(RunFolder run, EvaluationResult evaluation)
    {
        bool masks = evaluation.Predictions > 0, orders = Configuration.Recipe.Objective.Task() is not null;
        (string Rule, bool Counts, double Share, double Model)[] rules =
        [
            ("the most frequent token", masks, baselines.MostFrequentToken, evaluation.MlmAccuracy),
            ("the previous-token table", masks, baselines.PreviousToken, evaluation.MlmAccuracy),
            ("the rule of first tokens", orders, baselines.FirstTokens, evaluation.SopAccuracy),
        ];
        string[] leading = [.. rules.Where(r => r.Counts && r.Share >= r.Model).Select(r => r.Rule)];
        return !masks && !orders ? "There is nothing that the model could be judged by."
            : leading.Length == 0 ? "The model beats all of these rules."
            : $"The model does not beat {string.Join(" and ", leading)} yet: train it longer, for example with {Further(run)}";
    }

    // twice as long
    string Further(RunFolder run) => FurtherRun.Of(
        run.Folder, run.Folder + "-2", Configuration with { Recipe = Configuration.Recipe with { Steps = 2 * Configuration.Recipe.Steps } },
        context.Models.Find(Configuration.Model).Description);
}
