using System.CommandLine;
using System.Globalization;

namespace AlbertCompiled.Cli;

/// <summary><c>albert models</c>: the models that were compiled into this program.</summary>
static class ModelsCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new Command("models", "Lists the models that were compiled into this program.");
        command.SetAction(_ =>
        {
            Print(context.Models.Models.Select(m => m.Description), m => m.Trains ? $"{m.Optimizer}" : "inference", context.Out);
            context.Out.WriteLine("for tasks, named by finetune:");
            var programs = context.Tasks.Models.ToDictionary(m => m.Model.Description.Name, m => m.Program);
            Print(context.Tasks.Models.Select(m => m.Model.Description), m => programs[m.Name], context.Out);
            return 0;
        });
        return command.WithExamples("models");
    }

    static void Print(IEnumerable<ModelDescription> models, Func<ModelDescription, string> what, TextWriter output)
    {
        int width = models.Select(m => m.Name.Length).DefaultIfEmpty(0).Max();
        foreach (var model in models)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{model.Name.PadRight(width)}  {model.ParameterCount,13:#,0} parameters  {what(model)}"));
    }
}
