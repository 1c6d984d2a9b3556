using System.CommandLine;
using System.Globalization;
using AlbertCompiled.Training;

namespace AlbertCompiled.Commands;

/// <summary><c>albert fill-mask</c>: what a trained model puts into the gaps of a text.</summary>
static class FillMaskCommand
{
    const int Gaps = 64;

    public static Command Create(CommandContext context)
    {
        var options = new PretrainOptions();
        var run = new Argument<string>("folder") { Description = "Folder of a run, or of a published model (config.json, model.safetensors, spiece.model)" };
        var text = new Argument<string>("text") { Description = "Text with one or more [MASK]" };
        var best = ModelSource.BestOption();
        var command = new Command("fill-mask", "Lets a trained model fill the gaps of a text; prints the five likeliest pieces of each.") { run, text, best, options.Device, options.Threads };
        command.SetAction(parsed =>
        {
            var source = ModelSource.Open(parsed.GetValue(run)!, context.Models, "predict", parsed.GetValue(best), "predictions.", "cls.predictions.");
            using var device = PretrainSettings.OpenDevice(parsed, options, context);
            using var instance = source.Create(device, new(source.Model.Description.Positions(), 1, Gaps), out _);
            Print(FillMask.Run(instance, source.Vocabulary, parsed.GetValue(text)!), context.Out);
            return 0;
        });
        return command.WithExamples("fill-mask runs/lamb \"Returns the [MASK] of the collection.\"", "fill-mask albert-base-v2 \"The capital of France is [MASK].\"");
    }

    static void Print(IReadOnlyList<Candidate[]> gaps, TextWriter output)
    {
        for (int i = 0; i < gaps.Count; i++)
        {
            if (gaps.Count > 1) output.WriteLine($"{FillMask.Gap} {i + 1}:");
            foreach (var (piece, probability) in gaps[i])
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{probability,7:0.0%}  {WordPieces.Shown(piece)}"));
        }
    }
}
