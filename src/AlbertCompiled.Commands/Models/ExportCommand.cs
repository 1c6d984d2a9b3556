using System.CommandLine;
using AlbertCompiled.Onnx;
using AlbertCompiled.Training;

namespace AlbertCompiled.Commands;

/// <summary><c>albert export</c>: a trained model for other programs, as a published folder or an ONNX file.</summary>
static class ExportCommand
{
    static readonly Dictionary<string, ElementType> Types = new(StringComparer.OrdinalIgnoreCase) { ["f32"] = ElementType.F32, ["bf16"] = ElementType.BF16, ["f16"] = ElementType.F16 };

    public static Command Create(CommandContext context)
    {
        var from = new Argument<string>("source") { Description = "Folder of a run, of a published model, or of a fine-tuned one" };
        var folder = new Option<string?>("--folder") { Description = "The folder to write config.json, model.safetensors and spiece.model into, as Python's transformers loads it", HelpName = "folder" };
        var dtype = new Option<string?>("--dtype") { Description = "What the folder's weights are rounded to. Default: f32", HelpName = "f32|bf16|f16" };
        var onnx = new Option<string?>("--onnx") { Description = "The ONNX file to write", HelpName = "file" };
        var program = new Option<string?>("--program") { Description = "What the ONNX file computes: a program of the model that infers; the first if left out", HelpName = "name" };
        var best = ModelSource.BestOption();
        var command = new Command("export", "Writes a trained model as a published folder or an ONNX file.") { from, best, folder, dtype, onnx, program };
        command.Validators.Add(result =>
        {
            if (result.GetValue(folder) is null && result.GetValue(onnx) is null) result.AddError("--folder or --onnx is required");
            else if (result.GetValue(folder) is null && result.GetValue(dtype) is not null) result.AddError("--dtype is about the weights of --folder: leave it out");
            else if (result.GetValue(onnx) is null && result.GetValue(program) is not null) result.AddError("--program is about --onnx: leave it out");
        });
        command.SetAction(parsed =>
        {
            var type = parsed.GetValue(dtype) is not { } word ? ElementType.F32
                : Types.TryGetValue(word, out var known) ? known : throw new TrainingException($"no type of weights is called {word}; there are {string.Join(", ", Types.Keys)}");
            if (parsed.GetValue(onnx) is { } written) OutputFile.KeepOthers(written, ".onnx");
            var source = ModelSource.OpenAny(parsed.GetValue(from)!, context, parsed.GetValue(best));
            using var device = context.OpenDevice("cpu", 1);
            using var instance = source.Create(device, new(1, 1, 1), out string loaded);
            // first: a program that is not there leaves no folder behind
            var graph = parsed.GetValue(onnx) is null ? null : instance.ToOnnx(parsed.GetValue(program));
            if (parsed.GetValue(folder) is { } target) WriteFolder(instance, source, target, type, loaded, context.Out);
            if (parsed.GetValue(onnx) is { } file) WriteOnnx(graph!, instance, file, loaded, context.Out);
            return 0;
        });
        return command.WithExamples("export runs/lamb --folder my-albert", "export albert-base-v2 --folder albert-base-bf16 --dtype bf16", "export runs/lamb --best --onnx lamb.onnx",
            "export runs/stars --folder my-classifier");
    }

    static void WriteFolder(CompiledModel model, ModelSource source, string folder, ElementType type, string loaded, TextWriter output)
    {
        model.SavePublished(source.Vocabulary, folder, type, source.Labels);
        long bytes = new DirectoryInfo(folder).EnumerateFiles().Sum(f => f.Length);
        output.WriteLine(FormattableString.Invariant($"{folder}: {model.Description.Name}, {loaded}; {bytes / 1e6:0.0} MB, {type}"));
    }

    static void WriteOnnx(OnnxGraph graph, CompiledModel model, string file, string loaded, TextWriter output)
    {
        long bytes = graph.Save(file);
        output.WriteLine(FormattableString.Invariant($"{file}: {model.Description.Name}, {loaded}; {bytes / 1e6:0.0} MB, opset {OnnxGraph.OperatorSet}"));
    }
}
