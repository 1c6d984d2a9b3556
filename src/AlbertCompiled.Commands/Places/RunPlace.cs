using System.Globalization;
using AlbertCompiled.Training;

namespace AlbertCompiled.Commands;

/// <summary>The folder that a new model goes to. One that this program named is nobody else's, and is removed again if no step was made in it.</summary>
sealed class RunPlace : IDisposable
{
    const string Runs = "runs";

    readonly bool isNamedHere;
    IDisposable? locked;

    RunPlace(string folder, IDisposable? locked) => (Folder, this.locked, isNamedHere) = (folder, locked, locked is not null);

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>The folder that the user names, or a new one.</summary>
    /// <param name="named">The user's choice.</param>
    /// <param name="what">What a new one is called besides date and time.</param>
    /// <exception cref="TrainingException">None can be made.</exception>
    public static RunPlace Of(string? named, string what)
    {
        if (named is not null) return new(named, null);
        string first = Path.Combine(Runs, $"{DateTime.Now.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}-{what}"), folder = first;
        for (int i = 2; ; folder = $"{first}-{i++}")
        {
            if (Path.Exists(folder)) continue;
            try
            {
                return new(folder, RunFolder.Lock(folder));
            }
            catch (TrainingException) when (File.Exists(Path.Combine(folder, "lock")))
            {
                // another process was faster
            }
        }
    }

    /// <summary>Refuses to begin anew where the first weights lie.</summary>
    /// <param name="from">Their folder; null: there are none.</param>
    /// <exception cref="TrainingException">They would be removed.</exception>
    public void KeepSource(string? from)
    {
        if (from is not null && RealPath.Within(from, Folder) is { } way && (way.Length == 0 || RunFiles.IsOwn(way)))
            throw new TrainingException($"--new would remove {from}, which --from starts from: choose another --run");
    }

    /// <summary>Refuses to train where a file of the data has the name of one of the run's.</summary>
    /// <param name="files">What is read.</param>
    /// <exception cref="TrainingException">It would be replaced.</exception>
    public void KeepData(IEnumerable<string> files)
    {
        if (files.FirstOrDefault(f => RealPath.Within(f, Folder) is { } way && RunFiles.IsOwn(way)) is { } file)
            throw new TrainingException($"a run in {Folder} would replace {file}, which is part of the data: choose another --run");
    }

    /// <summary>Keeps other processes from training here.</summary>
    /// <exception cref="TrainingException">It cannot be written, or another process trains in it.</exception>
    public void Lock() => locked ??= RunFolder.Lock(Folder);

    /// <summary>Whether the folder stays when a run ends after this step.</summary>
    public bool Keeps(long step) => !isNamedHere || step > 0;

    /// <inheritdoc/>
    public void Dispose()
    {
        locked?.Dispose();
        if (isNamedHere && !HasSteps()) Directory.Delete(Folder, recursive: true);
    }

    bool HasSteps() => Directory.EnumerateFiles(Folder, "metrics.jsonl", SearchOption.AllDirectories).Any(file => File.ReadLines(file).Any(line => line.Contains("\"kind\":\"step\"", StringComparison.Ordinal)));
}
