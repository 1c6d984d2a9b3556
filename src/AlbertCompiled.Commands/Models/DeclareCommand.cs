using System.CommandLine;
using AlbertCompiled.Training;

namespace AlbertCompiled.Commands;

/// <summary><c>albert declare</c>: the C# that compiles a model, or a program of one's own with it.</summary>
static class DeclareCommand
{
    public static Command Create(CommandContext context)
    {
        var source = new Argument<string>("model") { Description = "A published config.json or its folder, the folder of a run or of a fine-tuned model, or the name of a model (see albert models)" };
        var task = new Option<string?>("--task") { Description = "Compiles it for this task; see albert tasks. Default: for what it was published or compiled for", HelpName = "task" };
        var name = new Option<string?>("--name") { Description = "Name of the C# type. Default: the folder's in capitals, or the model's", HelpName = "name" };
        var project = new Option<string?>("--project") { Description = "Writes a program with this command line and the model into a new folder, instead of printing the declaration", HelpName = "folder" };
        var command = new Command("declare", "Prints the attributes that compile a model, or writes a program with it.") { source, task, name, project };
        command.SetAction(parsed =>
        {
            string given = parsed.GetValue(source)!;
            string? wanted = parsed.GetValue(task) is { } word ? TaskKinds.Named(word) : null, folder = parsed.GetValue(project);
            var (type, declaration) = Declare(given, wanted, parsed.GetValue(name), context);
            if (folder is null)
            {
                context.Out.WriteLine($"{ModelDeclaration.Usings}\n\n{declaration}");
                return 0;
            }

            var program = OwnProgram.Create(folder, type, declaration);
            string first = wanted is null ? "info " + type : $"finetune {wanted} --data …{(Folder(given) is { } weights ? $" --from {SelfCommand.Quote(Path.GetFullPath(weights))}" : $" --model {type}")}";
            context.Out.WriteLine($"{program.Project}, {program.Source}: {type} and the whole command line");
            context.Out.WriteLine($"next: dotnet run -c Release --project {SelfCommand.Quote(folder)} -- {first}");
            return 0;
        });
        return command.WithExamples(
            "declare albert-base-v2/config.json --name MyAlbert", "declare albert-large-v2 --task RACE --project race", "declare AlbertTiny --name MyAlbert --project my-albert");
    }

    static (string Type, string Declaration) Declare(string source, string? task, string? name, CommandContext context)
    {
        var head = task is null ? null : TaskHead.Of(task);
        if (PublishedFolder.IsPublished(source) || !Directory.Exists(source) && (File.Exists(source) || IsPath(source)))
        {
            string file = Directory.Exists(source) ? Path.Combine(source, PublishedConfig.FileName) : source;
            var config = PublishedFolder.ReadConfig(file);
            if (head is null) _ = config.Head(); // a head that is not compiled has no declaration
            string type = name ?? Free($"{ModelDeclaration.NameOf(Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(file))) ?? "")}{head?.Suffix}", context.Models);
            return (type, ModelDeclaration.Of(config, type, head?.Declaration(task!)));
        }

        var model = InfoCommand.Model(source, context);
        string encoder = head is not null && TaskHead.Of(model) is { } before && model.Name.EndsWith(before.Suffix, StringComparison.Ordinal) ? model.Name[..^before.Suffix.Length] : model.Name;
        string own = name ?? Free(encoder + head?.Suffix, context.Models);
        return (own, ModelDeclaration.Of(model, own, head?.Declaration(task!) ?? Program(model)));
    }

    // with weights to start from; a lone config.json has none beside it
    static string? Folder(string source)
    {
        if (Directory.Exists(source) || !File.Exists(source)) return Directory.Exists(source) ? source : null;
        string folder = Path.GetDirectoryName(Path.GetFullPath(source))!;
        return Directory.EnumerateFiles(folder, "*.safetensors").Any() ? folder : null;
    }

    // a second model of a name would stand in the way of the first
    static string Free(string name, ModelRegistry models)
    {
        string free = name;
        for (int i = 1; models.TryFind(free) is not null; i++) free = i == 1 && !name.StartsWith("My", StringComparison.Ordinal) ? $"My{name}" : $"{name}{i + 1}";
        return free;
    }

    // that is missing, not a model's name that is mistyped
    static bool IsPath(string source) => Path.GetFileName(source) != source;

    // what a model is compiled for
    static string Program(ModelDescription model)
    {
        if (TaskHead.Of(model) is not { } head) return model.Trains ? "Pretraining" : "Encoding";
        return head.HasClasses ? $"{head.Attribute}(labels: {UnusedClasses.Compiled(model)})" : head.Attribute;
    }
}
