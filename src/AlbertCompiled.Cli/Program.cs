using AlbertCompiled;
using AlbertCompiled.Cli;

// until the devices are there
return CommandLine.Run(args, new(
    Console.Out, Console.Error, ModelRegistry.Zoo, (word, _) => throw new DeviceException($"no device {word}"), () => [], !Console.IsOutputRedirected));
