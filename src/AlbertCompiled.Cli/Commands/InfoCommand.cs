using System.CommandLine;
using System.Globalization;
using AlbertCompiled.Training;

namespace AlbertCompiled.Cli;

/// <summary><c>albert info</c>: what the compiler knows about a model.</summary>
static class InfoCommand
{
    public static Command Create(CommandContext context)
    {
        var name = new Argument<string>("model") { Description = "Name of a model (see albert models), or the folder of a run, of a published one or of a fine-tuned one" };
        var tokens = new Option<int?>("--batch-tokens") { Description = "Tokens of the batch to plan for. Default: the recipe's", HelpName = "number" };
        var sequences = new Option<int?>("--sequences") { Description = "Sequences of that batch. Default: one for every 128 tokens", HelpName = "number" };
        var command = new Command("info", "Shows parameters, memory plan and work of a model; of a published or fine-tuned folder, what it holds.") { name, tokens, sequences };
        command.SetAction(parsed =>
        {
            string named = parsed.GetValue(name)!;
            if (PublishedFolder.IsPublished(named))
            {
                PublishedInfo.Print(PublishedFolder.Open(named), context.Models, context.Out);
                return 0;
            }

            if (FineTunedFolder.SeedsIn(named) is { Count: > 0 } seeds) throw new TrainingException($"{named} holds several fine-tuned models: name one, such as {seeds[0].Folder}");
            if (FineTunedFolder.Exists(named)) TunedInfo.Print(new(named), context.Out);
            var model = Model(named, context);
            Print(model, Capacity(model, parsed.GetValue(tokens), parsed.GetValue(sequences)), context.Out);
            return 0;
        });
        return command.WithExamples("info AlbertTiny", "info AlbertBase --batch-tokens 16384 --sequences 32", "info albert-base-v2");
    }

    /// <summary>The model of this name, or of the run or the fine-tuned model in this folder.</summary>
    /// <exception cref="TrainingException">There is none.</exception>
    public static ModelDescription Model(string named, CommandContext context) => FineTunedFolder.Exists(named)
        ? context.Tasks.Named(new FineTunedFolder(named).ReadConfiguration().Model).Model.Description
        : context.Models.Find(File.Exists(new RunFolder(named).Configuration) ? RunFolder.Open(named).Configuration.Model : named).Description;

    /// <summary>The batch to plan for: the recipe's, if the options do not say.</summary>
    /// <exception cref="TrainingException">It is empty.</exception>
    public static Capacity Capacity(ModelDescription model, int? tokens, int? sequences)
    {
        int batchTokens = tokens ?? Recipes.For(model).BatchTokens, batchSequences = sequences ?? Math.Max(1, batchTokens / 128);
        if (batchTokens < 1 || batchSequences < 1) throw new TrainingException("--batch-tokens and --sequences must be at least 1");
        return model.Trains ? new(batchTokens, batchSequences) : new(batchTokens, batchSequences, 0);
    }

    static void Print(ModelDescription model, Capacity capacity, TextWriter output)
    {
        output.WriteLine(model.Name);
        foreach (var (property, value) in model.Configuration) output.WriteLine($"  {property} = {value}");
        output.WriteLine("parameters:");
        int width = model.Parameters.Select(p => p.Name.Length).DefaultIfEmpty(0).Max();
        foreach (var p in model.Parameters)
            output.WriteLine(Invariant($"  {p.Name.PadRight(width)}  {(p.IsVector ? $"[{p.Columns}]" : $"[{p.Rows}, {p.Columns}]"),16}  {p.Length,13:#,0}"));
        output.WriteLine(Invariant($"  {"total".PadRight(width)}  {"",16}  {model.ParameterCount,13:#,0}"));
        output.WriteLine("memory plan:");
        foreach (string line in model.PlanTable.Split('\n')) output.WriteLine($"  {line.TrimEnd('\r')}");
        string predictions = capacity.Predictions == 0 ? "" : Invariant($" with {capacity.Predictions:#,0} predictions");
        output.WriteLine(Invariant($"for {capacity.Tokens:#,0} tokens in {capacity.Sequences:#,0} sequences{predictions}:"));
        foreach (var program in model.Programs) Print(program, capacity, output);
        long parameters = model.ParameterArenas * model.ParameterFloats * sizeof(float), arena = model.Programs.Select(p => p.Arena.Bytes(capacity)).DefaultIfEmpty(0).Max();
        output.WriteLine(Invariant($"  {(model.Trains ? "weights, gradients, two moments" : "weights")}: {Megabytes(parameters)}; with the largest arena: {Megabytes(parameters + arena)}"));
    }

    static void Print(ProgramDescription program, Capacity capacity, TextWriter output)
    {
        double length = (double)capacity.Tokens / capacity.Sequences;
        double flops = capacity.Tokens * (program.FlopsPerToken + program.FlopsPerTokenPair * length)
            + capacity.Sequences * program.FlopsPerSequence + capacity.Predictions * program.FlopsPerPrediction;
        long bytes = program.Arena.Bytes(capacity);
        output.WriteLine(Invariant(
            $"  {program.Name,-9} arena {Megabytes(bytes)} ({bytes / capacity.Tokens:#,0} bytes a token), {flops / 1e9:#,0.00} GFLOP ({flops / capacity.Tokens / 1e6:#,0.000} MFLOP a token)"));
    }

    static string Megabytes(long bytes) => Invariant($"{bytes / 1e6:#,0.0} MB");

    static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
