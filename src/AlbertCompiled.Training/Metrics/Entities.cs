namespace AlbertCompiled.Training;

/// <summary>Entities in tagged words, as the evaluation of CoNLL-2003 finds them (Tjong Kim Sang and De Meulder 2003).</summary>
public static class Entities
{
    /// <summary>True for a tag of a word in an entity: B-type or I-type.</summary>
    public static bool IsPart(string tag) => tag is ['B' or 'I', '-', _, ..];

    /// <summary>
    /// Entities with their first word, the word behind their last, and their type. One begins at B, and at I behind a word of no entity or
    /// of another type.
    /// </summary>
    public static IEnumerable<(int First, int End, string Type)> Find(IReadOnlyList<string> tags)
    {
        int first = -1;
        for (int i = 0; i <= tags.Count; i++)
        {
            bool isPart = i < tags.Count && IsPart(tags[i]);
            bool goesOn = isPart && first >= 0 && tags[i][0] == 'I' && tags[i][2..] == tags[first][2..];
            if (goesOn) continue;
            if (first >= 0) yield return (first, i, tags[first][2..]);
            first = isPart ? i : -1;
        }
    }

    /// <summary>F1 of entities that were found with the same words and type, over all sentences; 0 if there are none.</summary>
    /// <param name="sentences">For each sentence the true and the predicted tags.</param>
    public static double F1(IEnumerable<(string[] Gold, string[] Predicted)> sentences)
    {
        int found = 0, all = 0;
        foreach (var (gold, predicted) in sentences)
        {
            var (expected, named) = (Find(gold).ToHashSet(), Find(predicted).ToHashSet());
            all += expected.Count + named.Count;
            found += named.Count(expected.Contains);
        }

        return all == 0 ? 0 : 2.0 * found / all;
    }
}
