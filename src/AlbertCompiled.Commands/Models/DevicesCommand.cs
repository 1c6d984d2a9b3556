using System.CommandLine;

namespace AlbertCompiled.Commands;

/// <summary><c>albert devices</c>: where models can run on this machine.</summary>
static class DevicesCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new Command("devices", "Lists the devices of this machine, and why others are absent.");
        command.SetAction(_ =>
        {
            foreach (string line in context.Devices()) context.Out.WriteLine(line);
            return 0;
        });
        return command.WithExamples("devices");
    }
}
