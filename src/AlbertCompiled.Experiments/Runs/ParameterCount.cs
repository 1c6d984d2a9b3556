using AlbertCompiled.Training;

namespace AlbertCompiled.Experiments;

/// <summary>Counts the weights of a compiled model with another number of pieces, as the paper has 30,000 in all of its models.</summary>
public static class ParameterCount
{
    /// <summary>Pieces of the paper's vocabulary.</summary>
    public const int PaperVocabulary = 30_000;

    // names of the weights that belong to no encoder
    static readonly string[] Heads = ["predictions.", "sop_classifier.", "cls."];

    /// <summary>The counts of a model: encoder alone, with the pooler, with the heads of pretraining.</summary>
    public static RunResult Of(RunKey key)
    {
        var model = ExperimentModel.Find(key.Configuration).Description;
        return RunResult.Of(key, new Dictionary<string, double>
        {
            [Measured.Encoder] = Sum(model, p => !IsHead(p) && !IsPooler(p)),
            [Measured.EncoderAndPooler] = Sum(model, p => !IsHead(p)),
            [Measured.Parameters] = Sum(model, _ => true),
        });
    }

    static long Sum(ModelDescription model, Func<ParameterInfo, bool> counted)
    {
        int vocabulary = model.Vocabulary();
        long Pieces(int size) => size == vocabulary ? PaperVocabulary : size;
        return model.Parameters.Where(counted).Sum(p => Pieces(p.Rows) * Pieces(p.Columns));
    }

    static bool IsHead(ParameterInfo p) => Heads.Any(h => p.Name.StartsWith(h, StringComparison.Ordinal));

    static bool IsPooler(ParameterInfo p) => p.Name.Contains(".pooler.", StringComparison.Ordinal);
}
