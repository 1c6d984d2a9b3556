using AlbertCompiled.Commands;
using AlbertCompiled.Models;
using AlbertCompiled.Training;

namespace AlbertCompiled.Tests;

/// <summary>Which fine-tuned models answer together, and from what on they say that there is no answer.</summary>
public sealed class EnsembleTests : IDisposable
{
    static readonly FineTuningConfiguration Answers = new(
        "answers", nameof(AlbertTinyAnswerer), null, new("text", null, null, "question", "context", null, [], "words"), ["train.csv", "dev.csv"], 64, 16, new(), 1, 256);

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_threshold_is_the_mean_of_all()
    {
        string[] three = [Model("a", Answers with { NullOddsThreshold = 1 }), Model("b", Answers with { NullOddsThreshold = 2.5 }), Model("c", Answers with { NullOddsThreshold = -8 })];
        Assert.Equal(-1.5, Open(three).NullOddsThreshold);
        Assert.Equal(2.5, Open(three[1]).NullOddsThreshold);
        Assert.Equal(three, Open(three).Folders);
        Assert.Null(Open([.. three, Model("d", Answers)]).NullOddsThreshold);
        Assert.Null(Open([Model("d", Answers), .. three]).NullOddsThreshold);
    }

    [Fact]
    public void Answers_of_other_windows_or_vocabularies_have_no_mean()
    {
        string first = Model("first", Answers);
        Assert.Equal(2, Open(first, Model("same", Answers with { Seed = 2, BatchTokens = 512 })).Folders.Count);
        Differ("windows (--sequence, --stride)", first, Model("longer", Answers with { Sequence = 128 }));
        Differ("windows (--sequence, --stride)", first, Model("farther", Answers with { Stride = 32 }));
        File.WriteAllBytes(folder["other.model"], [.. TestText.Vocabulary.Bytes, 0x98, 0x06, 0x01]); // of the same size, with a field of a later version
        Differ("vocabularies", first, Model("foreign", Answers, Vocabulary.Load(folder["other.model"])));
        Differ("tasks", first, Model("tags", Answers with { Task = "tags", Model = nameof(AlbertTinyTagger), Labels = ["O", "B-C"] }));

        // a text is a text, however it is cut
        var classes = Answers with { Task = "classification", Model = nameof(AlbertTinyClassifier), Labels = ["no", "yes"] };
        string texts = Model("texts", classes);
        Assert.Equal(2, Open(texts, Model("longer-texts", classes with { Sequence = 128, Stride = 32 }, Vocabulary.Load(folder["other.model"]))).Folders.Count);
        Differ("labels", texts, Model("turned", classes with { Labels = ["yes", "no"] }));
    }

    string Model(string name, FineTuningConfiguration configuration, Vocabulary? vocabulary = null)
    {
        new FineTunedFolder(folder[name]).Create(configuration, vocabulary ?? TestText.Vocabulary);
        return folder[name];
    }

    static void Differ(string what, string a, string b) =>
        Assert.Equal($"{a} and {b} cannot answer together: their {what} differ", Assert.Throws<TrainingException>(() => Open(a, b)).Message);

    static Ensemble Open(params string[] folders) =>
        Ensemble.Open(folders, new(TextWriter.Null, TextWriter.Null, ModelRegistry.Zoo, (_, _) => new FakeDevice(), () => [], () => new Interruption(), IsTerminal: false));
}
