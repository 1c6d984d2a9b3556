using System.Globalization;
using AlbertCompiled.Training;

namespace AlbertCompiled.Commands;

/// <summary>What the commands work with; tests put their own in its place.</summary>
/// <param name="Out">Standard output.</param>
/// <param name="Error">Standard error.</param>
/// <param name="Models">The models.</param>
/// <param name="OpenDevice">Opens a device by its word, with a number of threads (0: all cores).</param>
/// <param name="Devices">A line for each kind of device: what it is, or why it is absent.</param>
/// <param name="Interruption">Begins to listen for the user's wish to stop.</param>
/// <param name="IsTerminal">Output is looked at while it is written.</param>
sealed record CommandContext(
    TextWriter Out, TextWriter Error, ModelRegistry Models, Func<string, int, Device> OpenDevice, Func<IReadOnlyList<string>> Devices,
    Func<Interruption> Interruption, bool IsTerminal)
{
    const double MostUnknown = 0.01; // of a text that a vocabulary was made for

    /// <summary>Time between lines that say where long work stands, where they are not written over.</summary>
    public TimeSpan BetweenLines { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Opens standard input.</summary>
    public Func<Stream> In { get; init; } = Console.OpenStandardInput;

    /// <summary>Tells what does not stop a command.</summary>
    internal void Warn(string line) => Failures.Tell(Error, $"warning: {line}");

    /// <summary>Tells what a reader skipped or cut, if anything.</summary>
    internal void Warn(TextReport report)
    {
        if (report.Summary is { } summary) Warn(summary);
    }

    /// <summary>Tells what of a set a model does not see, if anything.</summary>
    /// <param name="name">What messages call it.</param>
    /// <param name="set">The set.</param>
    /// <param name="vocabulary">The vocabulary that it was read with.</param>
    /// <param name="option">By what another vocabulary is named.</param>
    /// <param name="mostUnknown">Share of unknown pieces that is not told.</param>
    internal void Warn(string name, TaskSet set, Vocabulary vocabulary, string option, double mostUnknown = MostUnknown)
    {
        if (set.LeftOut is { } leftOut) Warn($"{name}: {leftOut}");
        if (set.Truncated > 0) Warn(string.Create(CultureInfo.InvariantCulture, $"{name}: {set.Truncated:#,0} of {set.Count:#,0} examples cut to the longest sequence (--sequence of albert finetune)"));
        Warn(name, set.UnknownShare(vocabulary), vocabulary, option, mostUnknown);
    }

    /// <summary>Tells that a vocabulary does not know a text, if so.</summary>
    internal void Warn(string name, double unknown, Vocabulary vocabulary, string option, double mostUnknown = MostUnknown)
    {
        if (unknown > mostUnknown)
            Warn(string.Create(CultureInfo.InvariantCulture, $"{name}: {unknown:0.0%} of the pieces are unknown to the vocabulary {vocabulary.Source}, and a model cannot tell them apart: train one on this text (data/train-vocabulary.sh) and name it by {option}"));
    }
}
