using System.Text;
using System.Text.Json;
using AlbertCompiled.Training;

namespace AlbertCompiled.Experiments;

/// <summary>
/// Results as JSON lines: each is on the disk before the next is begun, so what was interrupted goes on where it stopped. While it is open no other process opens it: both
/// would measure the same, and a line that one is writing looks to the other like one that was cut off.
/// </summary>
public sealed class ResultFile : IDisposable
{
    readonly string path;
    readonly IDisposable locked;
    readonly Dictionary<RunKey, RunResult> results = [];

    /// <summary>Opens the results of a folder, which is made if it is not there.</summary>
    /// <exception cref="TrainingException">The folder cannot be written, another process measures in it, or a line other than the last is damaged.</exception>
    public ResultFile(string folder)
    {
        path = Path.Combine(folder, "results.jsonl");
        try
        {
            Directory.CreateDirectory(folder);
            locked = FileLock.TryTake(path + ".lock") ?? throw new TrainingException($"another process is measuring in {folder}: wait for its end, or choose another --out");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CannotUse(folder, e);
        }

        try
        {
            Load();
        }
        catch (Exception e)
        {
            locked.Dispose();
            if (e is IOException or UnauthorizedAccessException) throw CannotUse(folder, e);
            throw;
        }
    }

    /// <summary>The result of a key, null if it was not measured yet.</summary>
    public RunResult? Find(RunKey key) => results.GetValueOrDefault(key.Kind);

    /// <summary>Appends a result.</summary>
    /// <exception cref="TrainingException">It cannot be written.</exception>
    public void Add(RunResult result)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Append);
            stream.Write([.. JsonSerializer.SerializeToUtf8Bytes(result, ResultJson.Default.RunResult), (byte)'\n']);
            stream.Flush(flushToDisk: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrainingException($"cannot write {path}: {e.Reason(path)}", e);
        }

        Keep(result);
    }

    /// <summary>Lets other processes open it.</summary>
    public void Dispose() => locked.Dispose();

    static TrainingException CannotUse(string folder, Exception e) => new($"cannot use the folder {folder}: {e.Reason()}; choose another --out", e);

    void Load()
    {
        if (!File.Exists(path)) return;
        string text = File.ReadAllText(path);
        int whole = text.LastIndexOf('\n') + 1; // a line without an end was being written when the process was killed
        string[] lines = text[..whole].Split('\n');
        for (int i = 0; i < lines.Length; i++)
            if (lines[i].Length > 0) Keep(Parse(lines[i], i + 1));
        if (whole == text.Length) return;
        // cut where it lies: what is whole is never written anew
        using var stream = new FileStream(path, FileMode.Open);
        stream.SetLength(stream.Length - Encoding.UTF8.GetByteCount(text.AsSpan(whole)));
    }

    void Keep(RunResult result) => results[result.Key.Kind] = result;

    RunResult Parse(string line, int number)
    {
        try
        {
            return JsonSerializer.Deserialize(line, ResultJson.Default.RunResult) is { Key: not null, Values: not null } result ? result : throw new JsonException("key or values are missing");
        }
        catch (JsonException e)
        {
            throw new TrainingException($"{path}, line {number} is damaged ({e.Message.Split('\n')[0]}): remove the line, and it is measured again", e);
        }
    }
}
