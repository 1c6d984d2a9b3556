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
            int width = context.Models.Models.Select(m => m.Description.Name.Length).DefaultIfEmpty(0).Max();
            foreach (var (description, _) in context.Models.Models)
                context.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{description.Name.PadRight(width)}  {description.ParameterCount,13:#,0} parameters  {(description.Trains ? description.Optimizer : "inference")}"));
            return 0;
        });
        return command.WithExamples("models");
    }
}
