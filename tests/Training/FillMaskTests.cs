using AlbertCompiled.Cpu;
using AlbertCompiled.Tests.Numbers;
using AlbertCompiled.Training;

namespace AlbertCompiled.Tests;

/// <summary>Gaps are filled by a model that knows the vocabulary and computes numbers.</summary>
public sealed class FillMaskTests
{
    [Fact]
    public void A_smaller_vocabulary_answers_with_its_own_pieces()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["own.model"], PublishedFiles.Pieces(30));
        var vocabulary = Vocabulary.Load(folder["own.model"]);
        using var device = new CpuDevice(1);
        using var model = OddNone.Create(device, new(12, 2, 2));
        foreach (var candidates in FillMask.Run(model, vocabulary, "[MASK] [MASK]", best: 37))
        {
            Assert.Equal(Enumerable.Range(0, 30).Select(vocabulary.Piece).Order(StringComparer.Ordinal), candidates.Select(c => c.Piece).Order(StringComparer.Ordinal));
            Assert.Equal(1, candidates.Sum(c => c.Probability), 1e-6);
        }
    }

    [Fact]
    public void A_model_that_cannot_answer_says_why()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["own.model"], PublishedFiles.Pieces(37));
        var vocabulary = Vocabulary.Load(folder["own.model"]);
        using var device = new CpuDevice(1);
        using var model = OddNone.Create(device, new(12, 1, 1));
        Assert.Equal(3, FillMask.Run(model, vocabulary, "[MASK]", best: 3).Single().Length);
        Assert.Equal("OddNone knows 37 pieces, the vocabulary has 8000: take the vocabulary that the model was trained with", Told(TestText.Vocabulary));
        string word = model.Description.Parameters.First(p => p.Rows == 37).Name;
        model.Parameters.Write(word, [.. Enumerable.Repeat(float.NaN, (int)model.Description.Parameters.First(p => p.Rows == 37).Length)]);
        Assert.Equal("what OddNone predicts are no numbers, so that its weights are of no use", Told(vocabulary));

        string Told(Vocabulary words) => Assert.Throws<TrainingException>(() => FillMask.Run(model, words, "[MASK]")).Message;
    }
}
