using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Globalization;
using System.Text;

namespace AlbertCompiled.Commands;

/// <summary>The command line <c>albert</c>, over the models of a program.</summary>
public static class CommandLine
{
    /// <summary>Runs a command on the console and the devices of this machine; a program's <c>Main</c> returns what it returns.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="models">The models that can be named.</param>
    /// <returns>The exit code: 0, or 1 for a failure, 2 for wrong usage, 130 if interrupted (129, 143 by SIGHUP, SIGTERM).</returns>
    public static int Run(string[] args, ModelRegistry models)
    {
        // one language throughout: that of this program's own messages
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.DefaultThreadCurrentCulture = CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.InvariantCulture;
        // a terminal takes the letters of its charset; files and pipes take UTF-8, which loses none
        Console.SetOut(new StandardOutput(Console.IsOutputRedirected ? new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false)) { AutoFlush = true } : Console.Out));
        return Run(args, new CommandContext(
            Console.Out, Console.Error, models, Device.Open, () => [.. Device.List().Select(d => d.ToString())], Interruption.FromSignals, !Console.IsOutputRedirected));
    }

    /// <summary>Runs a command with output, models and devices of the caller's.</summary>
    internal static int Run(string[] args, CommandContext context)
    {
        Interruption? interruption = null;
        var listen = context.Interruption;
        context = context with { Interruption = () => interruption = listen() };
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
        foreach (var command in root.Subcommands) Words.Check(command);
        // no file is read for a word that begins with @: it may be text
        var parsed = root.Parse(args.Length > 0 ? args : ["--help"], new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0 && parsed.Action is ParseErrorAction)
        {
            Failures.Tell(context.Error, $"error: {UsageError.Of(parsed)}");
            return Failures.Usage;
        }

        int code = Invoke(parsed, context);
        return code == Failures.Interrupted && interruption is not null ? interruption.ExitCode : code;
    }

    static int Invoke(ParseResult parsed, CommandContext context)
    {
        try
        {
            return parsed.Invoke(new() { Output = context.Out, Error = context.Error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (Exception e)
        {
            return Failures.Report(e, context.Error);
        }
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
