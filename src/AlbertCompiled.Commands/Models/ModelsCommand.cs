using System.CommandLine;
using System.Globalization;

namespace AlbertCompiled.Commands;

/// <summary><c>albert models</c>: the models that were compiled into this program.</summary>
static class ModelsCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new Command("models", "Lists the models that were compiled into this program.");
        command.SetAction(_ =>
        {
            Print(context.Models.Models.Where(m => m.Head is null), m => m.Description.Trains ? $"{m.Description.Optimizer}" : "inference", context.Out);
            context.Out.WriteLine("for tasks, trained by finetune:");
            Print(context.Models.Heads, m => m.Head!.Task, context.Out);
            return 0;
        });
        return command.WithExamples("models");
    }

    static void Print(IEnumerable<RegisteredModel> models, Func<RegisteredModel, string> what, TextWriter output)
    {
        int width = models.Select(m => m.Name.Length).DefaultIfEmpty(0).Max();
        foreach (var model in models)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{model.Name.PadRight(width)}  {model.Description.ParameterCount,13:#,0} parameters  {what(model)}"));
    }
}
