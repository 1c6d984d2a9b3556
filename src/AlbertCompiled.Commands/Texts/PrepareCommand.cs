using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using AlbertCompiled.Training;

namespace AlbertCompiled.Commands;

/// <summary><c>albert prepare</c>: from text to a dataset that any number of runs read.</summary>
static class PrepareCommand
{
    const long MostKilobytes = 1_000_000; // bytes that are told in kB

    public static Command Create(CommandContext context)
    {
        var (texts, shared) = (new TextOptions(), new PretrainOptions());
        shared.Vocabulary.Description = "SentencePiece model file, or a folder that holds one. Default: the 8,000 pieces that come with this program";
        var output = new Option<string?>("--out", "-o") { Description = "Folder of the dataset. An unfinished one is gone on with", HelpName = "folder" };
        var check = new Option<string?>("--check") { Description = "Check every byte of this dataset, and whether its sources are as they were", HelpName = "folder" };
        var threads = new Option<int>("--threads") { Description = "Threads that tokenize; 0: all cores. The dataset does not depend on it", HelpName = "number" }.Whole(0, PretrainOptions.MostThreads);
        var command = new Command("prepare", "Tokenizes text into a dataset for pretrain --data.") { shared.Vocabulary, output, threads, check };
        foreach (var option in texts.All) command.Options.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetValue(check) is not null && result.Children.OfType<System.CommandLine.Parsing.OptionResult>().FirstOrDefault(o => !o.Implicit && o.Option != check) is { } other)
                result.AddError($"--check looks at a dataset that is there: leave {other.Option.Name} out");
        });
        command.SetAction(parsed => parsed.GetValue(check) is { } folder ? Check(context, folder)
            : parsed.GetValue(output) is not { } target ? throw new TrainingException("where to put the dataset: --out FOLDER is missing")
            : Prepare(context, texts.Source(parsed), parsed.GetValue(shared.Vocabulary), Path.GetFullPath(target), parsed.GetValue(threads)));
        return command.WithExamples(
            "prepare --text books/ --vocabulary my.model --out books.dataset",
            "prepare --check books.dataset");
    }

    static int Prepare(CommandContext context, ITextSource source, string? vocabularyPath, string folder, int threads)
    {
        var vocabulary = VocabularyFile.LoadOrDefault(vocabularyPath);
        using var interruption = context.Interruption();
        bool whole = Corpus.Exists(folder);
        long start = Stopwatch.GetTimestamp();
        context.Out.WriteLine($"text: {source.Description}");
        var preparation = new CorpusPreparation(source, vocabulary, threads > 0 ? threads : Environment.ProcessorCount);
        try
        {
            using var corpus = new PreparationDisplay(context.Out, context.IsTerminal).Follow(preparation, () => preparation.Run(folder, interruption.Token));
            context.Warn(source.Report);
            context.Warn(source.Description, corpus.Share(vocabulary.Unknown), vocabulary, "--vocabulary");
            if (preparation.Report.Resumed is > 0 and var resumed) context.Out.WriteLine($"      went on after {Plural.Of(resumed, "document")}, prepared before");
            Summarize(context, corpus);
            long bytes = preparation.Report.TextBytes;
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            context.Out.WriteLine(whole ? $"dataset: {folder} was there already" : Invariant($"dataset: {folder}, {(bytes < MostKilobytes ? $"{bytes / 1e3:#,0.0} kB" : $"{bytes / 1e6:#,0.0} MB")} of text in {seconds:0.0} s"));
            context.Out.WriteLine($"train with: {SelfCommand.Prefix} pretrain --data {SelfCommand.Quote(folder)}");
            return 0;
        }
        catch (OperationCanceledException)
        {
            context.Out.WriteLine($"interrupted after {Plural.Of(preparation.Report.Documents, "document")}; the same command goes on from there");
            return Failures.Interrupted;
        }
    }

    static int Check(CommandContext context, string folder)
    {
        using var interruption = context.Interruption();
        using var corpus = Corpus.Open(folder);
        context.Out.WriteLine($"text: {corpus.Manifest.Text}");
        Summarize(context, corpus);
        corpus.Check(interruption.Token);
        context.Out.WriteLine("every byte fits its checksum");
        foreach (var file in corpus.Manifest.Sources)
            if (file.Change(interruption.Token) is { } change) context.Out.WriteLine($"{file.Path} {change}: the dataset holds it as it was");
        return 0;
    }

    static void Summarize(CommandContext context, Corpus corpus) => context.Out.WriteLine($"      {Counts(corpus)}");

    /// <summary>What a dataset holds.</summary>
    public static string Counts(Corpus corpus) => Invariant(
        $"{Plural.Of(corpus.Documents, "document")} ({corpus.HeldOutDocuments.Length:#,0} held out), {Plural.Of(corpus.Sentences, "sentence")}, {Plural.Of(corpus.Tokens, "token")}");

    static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
