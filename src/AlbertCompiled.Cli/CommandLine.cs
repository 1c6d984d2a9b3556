using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace AlbertCompiled.Cli;

/// <summary>The command line <c>albert</c>.</summary>
public static class CommandLine
{
    /// <summary>Runs a command.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="context">Output, models and devices.</param>
    /// <returns>The exit code: 0, or 1 for a failure, 2 for wrong usage, 130 if interrupted.</returns>
    public static int Run(string[] args, CommandContext context)
    {
        var root = new RootCommand("Pretrains, fine-tunes and inspects models that were compiled from C# definitions.")
        {
            PrepareCommand.Create(context),
            PretrainCommand.Create(context),
            FillMaskCommand.Create(context),
            AnalyzeCommand.Create(context),
            ExperimentCommand.Create(context),
            ExportCommand.Create(context),
            InfoCommand.Create(context),
            GraphCommand.Create(context),
            DeclareCommand.Create(context),
            ModelsCommand.Create(context),
            DevicesCommand.Create(context),
            SentencesCommand.Create(context),
            TokenizeCommand.Create(context),
            TasksCommand.Create(context),
            CheckDataCommand.Create(context),
            ScoreCommand.Create(context),
            FineTuneCommand.Create(context),
            EvaluateCommand.Create(context),
            PredictCommand.Create(context),
        };
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0 && parsed.Action is ParseErrorAction)
        {
            string command = parsed.CommandResult.Command == root ? "albert" : $"albert {parsed.CommandResult.Command.Name}";
            context.Error.WriteLine($"error: {UsageMessage(parsed)}; see {command} --help");
            return Failures.Usage;
        }

        try
        {
            return parsed.Invoke(new() { Output = context.Out, Error = context.Error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (Exception e)
        {
            return Failures.Report(e, context.Error);
        }
    }

    // "'x' was not matched" says more than "a command is missing"; type names mean nothing to a user
    static string UsageMessage(ParseResult parsed)
    {
        string message = parsed.UnmatchedTokens.Count > 0 ? $"there is no {parsed.UnmatchedTokens[0]}" : parsed.Errors[0].Message;
        int type = message.IndexOf(" as expected type", StringComparison.Ordinal);
        return (type < 0 ? message : message[..type]).TrimEnd('.');
    }

    /// <summary>Shows examples below the command's help.</summary>
    internal static T WithExamples<T>(this T command, params string[] examples) where T : Command
    {
        command.Options.Add(new HelpOption { Action = new ExampleHelp(examples) });
        return command;
    }

    sealed class ExampleHelp(string[] examples) : SynchronousCommandLineAction
    {
        readonly HelpAction help = new();

        public override int Invoke(ParseResult parsed)
        {
            int code = help.Invoke(parsed);
            var output = parsed.InvocationConfiguration.Output;
            output.WriteLine("Examples:");
            foreach (string example in examples) output.WriteLine($"  albert {example}");
            return code;
        }
    }
}
