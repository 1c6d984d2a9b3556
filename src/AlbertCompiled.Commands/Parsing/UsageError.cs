using System.CommandLine;

namespace AlbertCompiled.Commands;

/// <summary>What is wrong with a command line, in one line.</summary>
static class UsageError
{
    /// <summary>The first thing that is wrong, and where to look it up.</summary>
    public static string Of(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        string called = command is RootCommand ? "albert" : $"albert {command.Name}";
        return parsed.UnmatchedTokens.Count > 0 ? Unmatched(command, called, parsed.UnmatchedTokens[0]) : $"{parsed.Errors[0].Message.TrimEnd('.')}; see {called} --help";
    }

    // 'x' was not matched says more than that a command is missing
    static string Unmatched(Command command, string called, string word) =>
        word.StartsWith('-') ? $"{called} has no option {word}{Suggestion.For(word, command.Options.SelectMany(o => o.Aliases.Prepend(o.Name)), $"See {called} --help")}"
        : command is RootCommand ? $"there is no command {word}{Suggestion.For(word, command.Subcommands.Select(c => c.Name), $"See {called} --help")}"
        : command.Arguments.Count == 0 ? $"{called} takes options alone, there is no place for {word}; see {called} --help"
        : $"{word} is one word too many, quote a text of several words; see {called} --help";
}
