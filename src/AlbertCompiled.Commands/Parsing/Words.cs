using System.CommandLine;
using System.CommandLine.Parsing;

namespace AlbertCompiled.Commands;

/// <summary>Refuses words that are no names or paths: empty ones, as a shell's variable leaves them that is not set, and options that a command does not have.</summary>
static class Words
{
    // a text may be anything, and a table may have a column without a name; the commands say what they need of them
    static readonly string[] Free = ["text", "a,b,c", "column"];

    /// <summary>Refuses them in all options and arguments of a command.</summary>
    public static void Check(Command command)
    {
        foreach (var option in command.Options.Where(o => IsWord(o.ValueType, o.HelpName))) option.Validators.Add(result => Check(result, option.Name, command));
        foreach (var argument in command.Arguments.Where(a => IsWord(a.ValueType, a.Name))) argument.Validators.Add(result => Check(result, $"the argument {argument.Name}", command));
    }

    static bool IsWord(Type type, string? kind) => (type == typeof(string) || type == typeof(string[])) && !Free.Contains(kind);

    static void Check(SymbolResult result, string named, Command command)
    {
        if (result.Tokens.Any(t => string.IsNullOrWhiteSpace(t.Value))) result.AddError($"{named} is empty: is a variable not set?");
        // where several words may stand, an option that does not exist is taken for one of them
        if (result.Tokens.FirstOrDefault(t => t.Value.StartsWith("--", StringComparison.Ordinal)) is { } option) result.AddError($"albert {command.Name} has no option {option.Value}");
    }
}
