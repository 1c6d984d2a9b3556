using System.CommandLine;
using AlbertCompiled.Onnx;
using AlbertCompiled.Training;

namespace AlbertCompiled.Cli;

/// <summary><c>albert export</c>: a trained model as a file for other runtimes.</summary>
static class ExportCommand
{
    public static Command Create(CommandContext context)
    {
        var run = new Argument<string>("run") { Description = "Folder of a run" };
        var onnx = new Option<string>("--onnx") { Description = "The ONNX file to write", HelpName = "file", Required = true };
        var program = new Option<string?>("--program") { Description = "What the file computes: a program of the model that infers; the first if left out", HelpName = "name" };
        var command = new Command("export", "Writes a trained model as an ONNX file.") { run, onnx, program };
        command.SetAction(parsed =>
        {
            var (folder, configuration) = RunFolder.Open(parsed.GetValue(run)!);
            string path = parsed.GetValue(onnx)!;
            var model = context.Models.Find(configuration.Model);
            using var device = context.OpenDevice("cpu", 1);
            using var instance = model.Create(device, new(1, 1, 1), configuration.Seed, Compute.Float32);
            var state = folder.Checkpoints.LoadWeights(instance);
            long bytes = instance.ToOnnx(parsed.GetValue(program)).Save(path);
            context.Out.WriteLine(FormattableString.Invariant($"{path}: {model.Description.Name} after {state.Step:#,0} steps, {bytes / 1e6:0.0} MB, opset {OnnxGraph.OperatorSet}"));
            return 0;
        });
        return command.WithExamples("export runs/lamb --onnx lamb.onnx");
    }
}
