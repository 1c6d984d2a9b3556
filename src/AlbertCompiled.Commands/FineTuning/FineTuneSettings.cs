using System.Text.Json;
using AlbertCompiled.Training;

namespace AlbertCompiled.Commands;

/// <summary>Whether a command fits the unfinished model that it would go on with.</summary>
static class FineTuneSettings
{
    const string DataKey = "data-key";

    // what a run is not begun with: where it ran, what it found, and where its data lie, which their key tells from others
    static readonly string[] Noted = ["device", "null-odds-threshold", "data"];

    static readonly HashSet<string> Given = [.. new FineTuneOptions().All.Append(new PretrainOptions().Precision).Select(o => o.Name)];

    /// <summary>Checks that what is given again is what the model was begun with, and notes where its data are now.</summary>
    /// <exception cref="TrainingException">A setting differs, or the data do.</exception>
    public static void GoOn(FineTunedFolder folder, FineTuningConfiguration given)
    {
        var recorded = folder.ReadConfiguration();
        foreach (var (before, now) in Values(recorded).Zip(Values(given)))
            if (before.Value != now.Value)
                throw new TrainingException(before.Name == DataKey
                    ? $"the data, or how they are read, have changed since {folder.Folder} was begun: choose another --run, or begin anew with --new"
                    : $"{folder.Folder} was begun with {Told(before)}, not {now.Value}: repeat the command as it was, choose another --run, or begin anew with --new");
        if (!recorded.Data.SequenceEqual(given.Data)) folder.Update(recorded with { Data = given.Data });
    }

    // as the user gave it, if it was an option
    static string Told((string Name, string Value) setting) => $"{(Given.Contains($"--{setting.Name}") ? "--" : "")}{setting.Name} {(setting.Value.Length > 0 ? setting.Value : "of its own")}";

    static IEnumerable<(string Name, string Value)> Values(FineTuningConfiguration configuration) => Values(JsonLines.Settings(configuration));

    static IEnumerable<(string Name, string Value)> Values(JsonElement element) => element.EnumerateObject().SelectMany(p =>
        p.Value.ValueKind == JsonValueKind.Object ? Values(p.Value) : Noted.Contains(p.Name) ? [] : [(p.Name, p.Value.ToString())]);
}
