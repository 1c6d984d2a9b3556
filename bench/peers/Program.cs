using System.Globalization;
using AlbertCompiled.Bench;
using AlbertCompiled.Peers;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var commands = new Dictionary<string, (string Help, Action<Options> Run)>
{
    ["onnx-infer"] = ("model=FILE threads=2 runs=20 S=128 | sentences=FILE batch=8 order=given|sorted: ONNX Runtime", OnnxInference.Run),
    ["torch-infer"] = ("threads=2 dtype=fp32|bf16 runs=20 S=128: libtorch, the base encoder on one sequence", TorchInference.Run),
    ["torch-train"] = ("config=base|small dtype=fp32|bf16 threads=2 steps=6 dropout=0 optimizer=adamw|lamb [B=] [S=]: libtorch, a pretraining step", TorchTraining.Run),
    ["torch-finetune"] = ("sentences=FILE config=base|small dtype=fp32|bf16 threads=2 steps=4 batch=32 dropout=0 order=given|sorted: libtorch, updates of a classifier in padded batches", TorchFineTuning.Run),
};
if (args.Length == 0 || !commands.TryGetValue(args[0], out var command))
{
    Console.WriteLine("peers <name> [key=value ...]");
    foreach (var (name, c) in commands) Console.WriteLine($"  {name,-14} {c.Help}");
    return args.Length == 0 ? 0 : 1;
}

try
{
    if (args[0].StartsWith("torch", StringComparison.Ordinal)) TorchLibrary.Prepare();
    command.Run(Options.Parse(args[1..]));
    return 0;
}
catch (Exception e) when (e is ArgumentException or FormatException or IOException)
{
    Console.Error.WriteLine($"peers {args[0]}: {e.Message}");
    return 2;
}
