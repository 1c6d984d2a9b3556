using AlbertCompiled.Commands;

return CommandLine.Run(args, ModelRegistry.Zoo);
