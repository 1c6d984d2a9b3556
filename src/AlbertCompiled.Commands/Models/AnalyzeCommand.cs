using System.CommandLine;
using AlbertCompiled.Training;

namespace AlbertCompiled.Commands;

/// <summary><c>albert analyze</c>: a page that shows what goes on inside a trained model.</summary>
static class AnalyzeCommand
{
    const int Sequences = 16, MostSequences = 4096, LongestSequence = 32, DefaultWords = 12;

    public static Command Create(CommandContext context)
    {
        var folder = new Argument<string>("folder") { Description = "Folder of a run, or of a published model" };
        var text = new Option<string?>("--text") { Description = "The sentence whose attention is shown. Default: the first held-out sequence", HelpName = "text" };
        var words = new Option<string?>("--words") { Description = "Words, separated by commas, whose neighbours in the embedding table are shown. Default: those of the sentence", HelpName = "a,b,c" };
        var sequences = new Option<int>("--sequences") { Description = $"Held-out sequences, of up to {LongestSequence} tokens, that layers are measured on", HelpName = "number", DefaultValueFactory = _ => Sequences }.Whole(1, MostSequences);
        var file = new Option<string?>("--out", "-o") { Description = "The HTML file to write. Default: analysis.html in the folder", HelpName = "file" };
        var command = new Command("analyze", "Draws what the layers of a trained model do, where they look, and which words are near each other.") { folder, text, words, sequences, file };
        command.SetAction(parsed =>
        {
            string path = parsed.GetValue(folder)!, target = parsed.GetValue(file) ?? Path.Combine(path, "analysis.html");
            OutputFile.KeepOthers(target, ".html");
            var source = ModelSource.Open(path, context.Models);
            using var device = context.OpenDevice("cpu", 1);
            using var model = source.Create(device, new(1, 1, 1), out string loaded);
            var heldOut = HeldOut(context, path, source, parsed.GetValue(sequences));
            int[] sentence = parsed.GetValue(text) is { } given ? Sentence(source.Vocabulary, given) : heldOut.Tokens.Span[..heldOut.Starts[1]].ToArray();
            var pieces = parsed.GetValue(words) is { } list ? Words(source.Vocabulary, list) : [.. sentence.Where(t => source.Vocabulary.Piece(t) is ['▁', _, _, ..]).Distinct().Take(DefaultWords)];
            var analysis = ModelAnalysis.Run(model, source.Vocabulary, heldOut, sentence, pieces);
            PageFile.Write(target, AnalysisPage.Draw(model.Description, loaded, source.Vocabulary, analysis));
            context.Out.WriteLine(FormattableString.Invariant($"{target}: {model.Description.Name}, {loaded}; {Plural.Of(analysis.Layers.Count, "layer")} on {analysis.Sequences} sequences of {analysis.Tokens} tokens; open it in a browser"));
            return 0;
        });
        return command.WithExamples("analyze runs/lamb", "analyze albert-base-v2 --text \"The cat sat on the mat.\" --words king,river,seven --out base.html");
    }

    // of the text that a run was trained on; a published model comes without its own
    static TokenBatch HeldOut(CommandContext context, string folder, ModelSource source, int sequences)
    {
        var model = source.Model.Description;
        var configuration = PublishedFolder.IsPublished(folder) ? null : RunFolder.Open(folder).Configuration;
        using var interruption = context.Interruption();
        using var corpus = configuration is null
            ? PretrainSession.Open(context, TextOptions.Source([], TextFormat.Default), source.Vocabulary, 0, interruption.Token)
            : PretrainSession.Open(context, configuration, source.Vocabulary, 0, interruption.Token);
        if (configuration is { Corpus.Length: > 0 } && configuration.Corpus != corpus.Key) context.Warn($"the text has changed since {folder} was begun: layers are measured on text that the model may have learned from");
        var recipe = configuration?.Recipe ?? Recipes.For(model);
        return HeldOutText.Draw(corpus, source.Vocabulary, recipe.Packing, Math.Min(LongestSequence, model.Positions()), sequences);
    }

    static int[] Sentence(Vocabulary vocabulary, string text) =>
        string.IsNullOrWhiteSpace(text) ? throw new TrainingException("--text is empty: give a sentence") : FillMask.Tokens(vocabulary, text);

    static int[] Words(Vocabulary vocabulary, string list)
    {
        int[] pieces = [.. list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).SelectMany(vocabulary.Encode).Distinct()];
        return pieces.Length > 0 ? pieces : throw new TrainingException("--words is empty: give words, separated by commas");
    }
}
