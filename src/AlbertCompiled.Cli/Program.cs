using AlbertCompiled;
using AlbertCompiled.Cli;

return CommandLine.Run(args, new(
    Console.Out, Console.Error, ModelRegistry.Zoo, Device.Open, () => [.. Device.List().Select(d => d.ToString())],
    Interruption.FromSignals, !Console.IsOutputRedirected));
