using System.CommandLine;
using AlbertCompiled.Training;

namespace AlbertCompiled.Commands;

/// <summary><c>albert graph</c>: a picture of what the compiler made of a model.</summary>
static class GraphCommand
{
    public static Command Create(CommandContext context)
    {
        var name = new Argument<string>("model") { Description = "Name of a model (see albert models), or the folder of a run, of a published model or of a fine-tuned one" };
        var program = new Option<string?>("--program") { Description = "Which of the model's programs. Default: the first", HelpName = "name" };
        var tokens = new Option<int?>("--batch-tokens") { Description = "Tokens of the batch that work and bytes are given for. Default: the recipe's", HelpName = "number" }.Whole(1);
        var sequences = new Option<int?>("--sequences") { Description = "Sequences of that batch. Default: one for every 128 tokens", HelpName = "number" }.Whole(1);
        var file = new Option<string?>("--out", "-o") { Description = "The SVG file to write. Default: MODEL.svg", HelpName = "file" };
        var command = new Command("graph", "Draws the compiled graph: the definition's statements, the kernels they became, the memory plan over time.") { name, program, tokens, sequences, file };
        command.SetAction(parsed =>
        {
            var model = InfoCommand.Model(parsed.GetValue(name)!, context);
            var capacity = InfoCommand.Capacity(model, parsed.GetValue(tokens), parsed.GetValue(sequences));
            var drawn = parsed.GetValue(program) is not { } wanted ? model.Programs[0] : model.Program(wanted)
                ?? throw new TrainingException($"{model.Name} has no program {wanted}; it has {string.Join(", ", model.Programs.Select(p => p.Name))}");
            string path = parsed.GetValue(file) ?? $"{model.Name}.svg";
            OutputFile.KeepOthers(path, ".svg");
            PageFile.Write(path, GraphPicture.Draw(model, drawn, capacity));
            context.Out.WriteLine($"{path}: {model.Name}, {drawn.Name}; open it in a browser, and rest the pointer on a kernel or a value");
            return 0;
        });
        return command.WithExamples("graph AlbertBase", "graph AlbertTiny --program predict --out tiny.svg");
    }
}
