namespace AlbertCompiled.Training;

/// <summary>
/// Entities in tagged words, as the evaluation of CoNLL-2003 finds them (Tjong Kim Sang and De Meulder 2003); tags that mark an entity's end
/// too (IOBES, BILOU, BMES) are read as seqeval reads them.
/// </summary>
public static class Entities
{
    // whether a word of this prefix is the first of an entity, and whether it is the last
    static readonly Dictionary<char, (bool Begins, bool Ends)> Prefixes = new()
    {
        ['B'] = (true, false),
        ['I'] = (false, false),
        ['M'] = (false, false),
        ['E'] = (false, true),
        ['L'] = (false, true),
        ['S'] = (true, true),
        ['U'] = (true, true),
    };

    /// <summary>True for a tag of a word in an entity: B-type, I-type, or one of the other schemes' prefixes.</summary>
    public static bool IsPart(string tag) => tag is [_, '-', _, ..] && Prefixes.ContainsKey(tag[0]);

    /// <summary>
    /// Entities with their first word, the word behind their last, and their type. One begins at B and at S, and wherever a word is of an
    /// entity, but the one before is of none, of another type, or the last of its own.
    /// </summary>
    public static IEnumerable<(int First, int End, string Type)> Find(IReadOnlyList<string> tags)
    {
        int first = -1;
        for (int i = 0; i <= tags.Count; i++)
        {
            bool isPart = i < tags.Count && IsPart(tags[i]);
            bool goesOn = isPart && first >= 0 && !Prefixes[tags[i][0]].Begins && !Prefixes[tags[i - 1][0]].Ends && tags[i][2..] == tags[first][2..];
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
