using AlbertCompiled.Training;

namespace AlbertCompiled.Cli;

/// <summary>What files of predictions are called.</summary>
static class PredictionFiles
{
    /// <summary>The end of a file's name.</summary>
    public static string Extension(TaskSet set) => set.Program switch
    {
        "answer" => ".json",
        "tag" => ".conll",
        _ => ".tsv",
    };
}
