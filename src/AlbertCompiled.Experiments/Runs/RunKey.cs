using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using AlbertCompiled.Training;

namespace AlbertCompiled.Experiments;

/// <summary>What a measurement follows from: the same key is never measured twice, whichever experiment asks.</summary>
/// <param name="Configuration">Name of the model.</param>
/// <param name="Objective">The second task of its training.</param>
/// <param name="Seed">Seed of weights, data and masks; of a speed, the repetition.</param>
/// <param name="Steps">Steps of training; 0: nothing was trained.</param>
/// <param name="Corpus">Key of the dataset; empty: none was read.</param>
/// <param name="Device">What it ran on; empty: nothing ran.</param>
/// <param name="Recipe">Checksum of the recipe; empty: nothing was trained.</param>
public sealed partial record RunKey(
    string Configuration,
    [property: JsonConverter(typeof(JsonStringEnumConverter<Objective>))] Objective Objective,
    ulong Seed, long Steps, string Corpus, string Device, string Recipe = "")
{
    /// <summary>The key of all that learned the same: what is trained follows from all but the number of threads, which the name of a processor tells. Times do not.</summary>
    [JsonIgnore]
    public RunKey Kind => Steps > 0 ? this with { Device = Threads().Replace(Device, "") } : this;

    [GeneratedRegex(", [0-9]+ threads?")]
    private static partial Regex Threads();
}
