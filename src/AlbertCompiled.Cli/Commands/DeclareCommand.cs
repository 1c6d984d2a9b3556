using System.CommandLine;
using AlbertCompiled.Training;

namespace AlbertCompiled.Cli;

/// <summary><c>albert declare</c>: the C# that compiles a published configuration.</summary>
static class DeclareCommand
{
    public static Command Create(CommandContext context)
    {
        var source = new Argument<string>("config") { Description = "A published config.json, or its folder" };
        var name = new Option<string?>("--name") { Description = "Name of the C# type. Default: the folder's in capitals", HelpName = "name" };
        var command = new Command("declare", "Prints the attributes that compile a published model.") { source, name };
        command.SetAction(parsed =>
        {
            string path = parsed.GetValue(source)!, file = Directory.Exists(path) ? Path.Combine(path, PublishedConfig.FileName) : path;
            if (RunFolder.Exists(path) && !PublishedFolder.IsPublished(path)) throw new TrainingException($"{path} is a run of {RunFolder.Open(path).Configuration.Model}, which is compiled already: declare is for published models");
            if (FineTunedFolder.Exists(path)) throw new TrainingException($"{path} is a fine-tuned model, which is compiled already: declare is for published models");
            string folder = Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(file))) ?? "";
            var config = PublishedFolder.ReadConfig(file);
            _ = config.Head();     // a head that is not compiled has no declaration
            context.Out.WriteLine(ModelDeclaration.Of(config, parsed.GetValue(name) ?? ModelDeclaration.NameOf(folder)));
            return 0;
        });
        return command.WithExamples("declare albert-base-v2/config.json --name MyAlbert", "declare albert-base-v2 > AlbertBaseV2.cs");
    }
}
