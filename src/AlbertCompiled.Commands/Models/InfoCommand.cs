using System.CommandLine;
using System.Globalization;
using AlbertCompiled.Training;

namespace AlbertCompiled.Commands;

/// <summary><c>albert info</c>: what the compiler knows about a model.</summary>
static class InfoCommand
{
    public static Command Create(CommandContext context)
    {
        var name = new Argument<string>("model") { Description = "Name of a model (see albert models), or the folder of a run, of a published one or of a fine-tuned one" };
        var tokens = new Option<int?>("--batch-tokens") { Description = "Tokens of the batch to plan for. Default: the recipe's", HelpName = "number" }.Whole(1);
        var sequences = new Option<int?>("--sequences") { Description = "Sequences of that batch. Default: one for every 128 tokens", HelpName = "number" }.Whole(1);
        var plan = new Option<bool>("--plan") { Description = "Shows the memory plan too: what lies where, and how long" };
        var command = new Command("info", "Shows size, memory and work of a model; of a published or fine-tuned folder, what it holds.") { name, tokens, sequences, plan };
        command.SetAction(parsed =>
        {
            string named = parsed.GetValue(name)!;
            if (PublishedFolder.IsPublished(named))
            {
                PublishedInfo.Print(PublishedFolder.Open(named), context.Models, context.Out);
                // what it holds may fit several models, or none: of one more is told on request
                if (parsed.GetValue(tokens) is null && parsed.GetValue(sequences) is null && !parsed.GetValue(plan)) return 0;
            }

            if (FineTunedFolder.Exists(named)) TunedInfo.Print(new(named), context.Out);
            var model = Model(named, context);
            Print(model, Capacity(model, parsed.GetValue(tokens), parsed.GetValue(sequences)), parsed.GetValue(plan), context.Out);
            return 0;
        });
        return command.WithExamples("info AlbertTiny", "info AlbertBase --batch-tokens 16384 --sequences 32", "info albert-base-v2");
    }

    /// <summary>The model of this name, or of the run, the published or the fine-tuned model in this folder.</summary>
    /// <exception cref="TrainingException">There is none.</exception>
    public static ModelDescription Model(string named, CommandContext context)
    {
        FineTunedFolder.CheckOne(named);
        if (FineTunedFolder.Exists(named) && new FineTunedFolder(named) is var tuned) return context.Models.Trained(named, tuned.ReadConfiguration().Model, tuned.Weights).Description;
        if (PublishedFolder.IsPublished(named) && PublishedFolder.Open(named) is var published) return context.Models.Fitting(published, published.Config.Head()).Description;
        if (RunFolder.Exists(named) && RunFolder.Open(named) is var (run, configuration)) return context.Models.Trained(named, configuration.Model, run.Checkpoints.LatestWeights()).Description;
        if (context.Models.TryFind(named) is { } model) return model.Description;
        if (Directory.Exists(named) || File.Exists(named)) throw new TrainingException($"{named} holds no model: it is the folder neither of a run nor of a published or fine-tuned model");
        return context.Models.Find(named).Description;
    }

    /// <summary>The batch to plan for: the recipe's, if the options do not say.</summary>
    /// <exception cref="TrainingException">It has more sequences than tokens.</exception>
    public static Capacity Capacity(ModelDescription model, int? tokens, int? sequences)
    {
        int batchTokens = tokens ?? Recipes.For(model).BatchTokens, batchSequences = sequences ?? Math.Max(1, batchTokens / 128);
        if (batchSequences > batchTokens) throw new TrainingException($"{batchSequences} sequences of {batchTokens} tokens: --sequences must not be above --batch-tokens");
        return model.Trains ? new(batchTokens, batchSequences) : new(batchTokens, batchSequences, 0);
    }

    static void Print(ModelDescription model, Capacity capacity, bool plan, TextWriter output)
    {
        output.WriteLine(model.Name);
        string predictions = capacity.Predictions == 0 ? "" : $" with {Plural.Of(capacity.Predictions, "prediction")}";
        long parameters = model.ParameterArenas * model.ParameterFloats * sizeof(float), arena = model.Programs.Select(p => p.Arena.Bytes(capacity)).DefaultIfEmpty(0).Max();
        output.WriteLine(Invariant($"  {model.ParameterCount:#,0} parameters; {(model.Trains ? "weights, gradients, two moments" : "weights")}: {Bytes(parameters)}; with the largest arena: {Bytes(parameters + arena)}"));
        output.WriteLine($"for {Plural.Of(capacity.Tokens, "token")} in {Plural.Of(capacity.Sequences, "sequence")}{predictions}:");
        foreach (var program in model.Programs) Print(program, capacity, output);
        output.WriteLine("configuration:");
        foreach (var (property, value) in model.Configuration) output.WriteLine($"  {property} = {value}");
        output.WriteLine("parameters:");
        int width = model.Parameters.Select(p => p.Name.Length).DefaultIfEmpty(0).Max();
        foreach (var p in model.Parameters)
            output.WriteLine(Invariant($"  {p.Name.PadRight(width)}  {(p.IsVector ? $"[{p.Columns}]" : $"[{p.Rows}, {p.Columns}]"),16}  {p.Length,13:#,0}"));
        if (!plan) return;
        output.WriteLine("memory plan:");
        foreach (string line in model.PlanTable.Split('\n')) output.WriteLine($"  {line.TrimEnd('\r')}");
    }

    static void Print(ProgramDescription program, Capacity capacity, TextWriter output)
    {
        double length = (double)capacity.Tokens / capacity.Sequences;
        double flops = capacity.Tokens * (program.FlopsPerToken + program.FlopsPerTokenPair * length)
            + capacity.Sequences * program.FlopsPerSequence + capacity.Predictions * program.FlopsPerPrediction;
        long bytes = program.Arena.Bytes(capacity);
        output.WriteLine(Invariant(
            $"  {program.Name,-9} arena {Bytes(bytes)} ({bytes / capacity.Tokens:#,0} bytes a token), {(flops >= 1e12 ? Invariant($"{flops / 1e12:#,0.00} TFLOP") : Invariant($"{flops / 1e9:0.00} GFLOP"))} ({flops / capacity.Tokens / 1e6:#,0.000} MFLOP a token)"));
    }

    static string Bytes(long bytes) => bytes >= 1e9 ? Invariant($"{bytes / 1e9:#,0.00} GB") : Invariant($"{bytes / 1e6:0.0} MB");

    static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
