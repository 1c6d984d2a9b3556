using System.Text.RegularExpressions;

namespace AlbertCompiled.Training;

/// <summary>A question with its options in tokens, a sequence an option: [CLS] passage [SEP] question and option [SEP].</summary>
/// <param name="Example">Index of the example.</param>
/// <param name="Options">The sequences, in order of the options.</param>
/// <param name="Label">Index of the right option, if known.</param>
/// <param name="Truncated">True if one of them was longer.</param>
public sealed record ChoiceFeature(int Example, IReadOnlyList<TokenSequence> Options, int? Label, bool Truncated);

/// <summary>
/// Turns questions with options into tokens: an option fills the question's gap, or else stands behind the question; of both together the end is kept, of
/// the passage the beginning. So does the original code, but it puts the option in place of every underscore, where underscores in a row are one gap here.
/// </summary>
/// <param name="tokenizer">The tokenizer.</param>
/// <param name="longest">Tokens of the longest sequence.</param>
/// <param name="longestOption">Tokens of question and option that are kept.</param>
public sealed class ChoiceFeaturizer(ITextTokenizer tokenizer, int longest, int longestOption = ChoiceFeaturizer.LongestOption)
{
    /// <summary>Tokens of question and option that are kept where nothing else is said.</summary>
    public const int LongestOption = 128;

    string? lastPassage;
    int[] lastIds = [];

    /// <summary>The sequences of each example, in order.</summary>
    /// <exception cref="TrainingException">Sequences are too short for question, option and a token of the passage.</exception>
    public IReadOnlyList<ChoiceFeature> Encode(IReadOnlyList<ChoiceExample> examples)
    {
        TokenSequence.CheckLongest(longest, longestOption + TokenSequence.PairSpecials + 1);
        return [.. examples.Select((e, i) => Encode(e, i))];
    }

    ChoiceFeature Encode(ChoiceExample example, int index)
    {
        int[] passage = Passage(example.Passage);
        bool truncated = false;
        var options = new List<TokenSequence>(example.Options.Count);
        foreach (string option in example.Options)
        {
            int[] b = tokenizer.Encode(example.Question.Contains('_') ? Regex.Replace(example.Question, "_+", _ => option) : $"{example.Question} {option}").Ids;
            int keptB = Math.Min(b.Length, longestOption), keptA = Math.Min(passage.Length, longest - TokenSequence.PairSpecials - keptB);
            truncated |= keptA < passage.Length || keptB < b.Length;
            options.Add(TokenSequence.Join(tokenizer, passage.AsSpan(0, keptA), b.AsSpan(b.Length - keptB), pair: true));
        }

        return new(index, options, example.Label, truncated);
    }

    // questions in a row share their passage
    int[] Passage(string text)
    {
        if (!ReferenceEquals(text, lastPassage)) (lastPassage, lastIds) = (text, tokenizer.Encode(text).Ids);
        return lastIds;
    }
}
