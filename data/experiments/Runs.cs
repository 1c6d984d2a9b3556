using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using AlbertCompiled.Training;

namespace AlbertCompiled.TextTasks;

/// <summary>Fine-tunes with the command line, a process each: the learning rate that the development set prefers for seed 42, then five seeds with it, judged on the test sets.</summary>
/// <param name="program">albert.dll.</param>
/// <param name="threads">Threads.</param>
sealed partial class Runs(string program, string threads)
{
    const int FirstSeed = 42, Seeds = 5;

    /// <summary>Prints a line a test set: median and range over the seeds.</summary>
    /// <param name="folder">The task's files.</param>
    /// <param name="train">Which of them to learn from.</param>
    /// <param name="from">Where the weights come from; "scratch": nowhere.</param>
    /// <param name="epochs">Epochs, of which the best on the development set counts.</param>
    /// <param name="rates">The learning rates to choose from.</param>
    /// <param name="run">Folder of the models.</param>
    public void Run(string folder, string train, string from, string epochs, string[] rates, string run)
    {
        string[] common =
        [
            "finetune", "classification", "--data", Path.Combine(folder, train), Path.Combine(folder, "dev.jsonl"), .. from == "scratch" ? (string[])[] : ["--from", from],
            "--epochs", epochs, "--threads", threads, "--new",
        ];
        var judged = rates.Select(rate => (Rate: rate, Accuracy: Best(Albert([.. common, "--learning-rate", rate, "--seed", $"{FirstSeed}", "--run", Path.Combine(run, $"rate-{rate}")])))).ToList();
        var best = judged.MaxBy(j => j.Accuracy);
        Albert([.. common, "--learning-rate", best.Rate, "--seed", $"{FirstSeed + 1}", "--seeds", $"{Seeds - 1}", "--run", Path.Combine(run, "seeds")]);
        foreach (string test in (string[])["test", "unseen"])
        {
            string file = Path.Combine(folder, test + ".jsonl");
            if (!File.Exists(file)) continue;
            string output = Albert("evaluate", Path.Combine(run, $"rate-{best.Rate}"), Path.Combine(run, "seeds"), "--data", file, "--threads", threads);
            double[] accuracies = [.. Member().Matches(output).Select(m => double.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture))];
            if (accuracies.Length != Seeds) throw new TrainingException($"{accuracies.Length} models were judged, not {Seeds}: {output}");
            var spread = SeedSpread.Of(accuracies);
            Console.WriteLine($"{folder} {train} {test} from {from}: median {spread.Median:F1}, {spread.Lowest:F1} to {spread.Highest:F1}; rate {best.Rate} of {string.Join(", ", judged.Select(j => $"{j.Rate} (dev {j.Accuracy:F1})"))}, {epochs} epochs");
        }
    }

    string Albert(params string[] arguments)
    {
        Console.Error.WriteLine($"albert {string.Join(' ', arguments)}");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [program, .. arguments]) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new TrainingException($"albert {string.Join(' ', arguments)} failed with exit code {process.ExitCode}");
    }

    static double Best(string output) => double.Parse(BestEpoch().Match(output).Groups[1].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^best: epoch \d+, accuracy ([\d.]+)", RegexOptions.Multiline)]
    private static partial Regex BestEpoch();

    [GeneratedRegex(@"^\S+: accuracy ([\d.]+)", RegexOptions.Multiline)]
    private static partial Regex Member();
}
