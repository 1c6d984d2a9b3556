using AlbertCompiled.Training;

namespace AlbertCompiled.TextTasks;

/// <summary>
/// Two tasks from the documentation of the .NET SDK: which kind of member a summary is about, and which of the 20 most frequent namespaces.
/// What is of types that pretraining holds out is a test set of its own.
/// </summary>
static class DocumentationTasks
{
    const int Namespaces = 20, Test = 2_000, Development = 1_000;

    public static void Write(string folder)
    {
        // of near duplicates the one that pretraining has read stays
        var members = NearDuplicates.Without([.. MemberSummaries.Read().OrderBy(m => HeldOut.Contains(m.Type)).ThenBy(m => Splits.Order(m.Member)).ThenBy(m => m.Member, StringComparer.Ordinal)], m => m.Text, Splits.Similarity);
        var frequent = members.CountBy(m => m.Namespace).OrderByDescending(n => n.Value).ThenBy(n => n.Key, StringComparer.Ordinal).Take(Namespaces).Select(n => n.Key).ToHashSet();
        Write(members, m => m.Kind, Path.Combine(folder, "kind"));
        Write([.. members.Where(m => frequent.Contains(m.Namespace))], m => m.Namespace, Path.Combine(folder, "namespace"));
    }

    static void Write(List<MemberSummary> members, Func<MemberSummary, string> label, string folder)
    {
        var examples = members.ToLookup(m => HeldOut.Contains(m.Type), m => new Example(m.Text, label(m)));
        Splits.Of([.. examples[false]], Test, Development, [.. examples[true]]).Write(folder);
    }
}
