using System.Text;
using AlbertCompiled.Training;

namespace AlbertCompiled.Tests;

/// <summary>Text, vocabulary and corpus for tests of the data.</summary>
internal static class TestText
{
    static readonly string[] Words =
        ["value", "specified", "object", "string", "method", "returns", "collection", "element", "index", "type", "asynchronously", "serialization", "buffer", "of", "the", "to", "a", "is"];

    static readonly Lazy<Vocabulary> Shared = new(() => Vocabulary.Load(Path.Combine(AppContext.BaseDirectory, "docs-8000.model")));

    public static Vocabulary Vocabulary => Shared.Value;

    /// <summary>Documents of random sentences, a sentence a line.</summary>
    public static string Documents(int documents, int sentences, int seed = 1)
    {
        var random = new Random(seed);
        var text = new StringBuilder();
        for (int d = 0; d < documents; d++)
        {
            for (int s = 0; s < sentences; s++)
                text.Append("The ").AppendJoin(' ', Enumerable.Range(0, random.Next(2, 14)).Select(_ => Words[random.Next(Words.Length)])).Append(".\n");
            text.Append('\n');
        }

        return text.ToString();
    }

    /// <summary>The prepared corpus of such documents.</summary>
    public static Corpus Corpus(TemporaryFolder folder, int documents = 60, int sentences = 30)
    {
        folder.Write("text.txt", Documents(documents, sentences));
        return CorpusCache.Open(new TextFiles(folder["text.txt"]), Vocabulary, 2, folder["cache"]);
    }

    /// <summary>A corpus of documents of sentences of given lengths to train on, and one short one that is held out.</summary>
    public static Corpus Corpus(TemporaryFolder folder, IEnumerable<int[]> sentenceLengths)
    {
        var random = new Random(4);
        string path = folder[$"lengths-{Guid.NewGuid():N}"];
        Directory.CreateDirectory(path);
        using (var writer = new CorpusWriter(path, Vocabulary))
        {
            foreach (int[] lengths in sentenceLengths.Append([1]))
                writer.Add(false, [.. lengths.Select(n => (Enumerable.Range(0, n).Select(_ => Vocabulary.Ordinary[random.Next(Vocabulary.Ordinary.Count)]).ToArray(), 0))]);
            writer.Finish("key", "text of the tests", []);
        }

        return AlbertCompiled.Training.Corpus.Open(path);
    }
}
