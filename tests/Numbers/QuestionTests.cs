namespace AlbertCompiled.Tests.Numbers;

/// <summary>A program of one's own that sums over the choices of a question: a batch has a prediction for each question, or is refused.</summary>
public sealed class QuestionTests
{
    /// <summary>Its text.</summary>
    internal const string Source = """
        using static AlbertCompiled.Library;
        using static AlbertCompiled.Primitives;

        [Definition]
        public sealed class NetAttribute : ArchitectureAttribute<NetGraph>;

        [Definition]
        public sealed class NetGraph(NetAttribute c) : ModelGraph
        {
            readonly Tensor table = Weight("table", 23, 8, Initial.Normal(0.5));

            public Outputs Pretraining(TokenBatch batch) =>
                new(("loss", Mean(GroupLogSum(RowMean(Rows(Rows(table, batch.Tokens), batch.First)), batch.QuestionOf) + RowMean(Rows(table, batch.Labels)))));
        }

        [Net, Pretraining]
        public sealed partial class Model;
        """;

    [Fact]
    public void A_batch_has_a_prediction_for_each_question()
    {
        using var device = CompiledModels.Open("cpu");
        using var twin = new Twin(InMemory.Compile(Source).GetType("Model")!, device, new Capacity(64, 6, 6));
        twin.CompareTraining(Batch([1, 1], [2, 2]), 1e-4, 2e-5);
        Refused("sequence 0 is no choice of a question: Ask(choices, answer) makes one of the last sequences", Batch([1, 1], []));
        Refused("the batch has 1 questions and 3 predictions", Batch([3], [2]));
        Refused("the batch has 2 questions and 1 predictions", Batch([1, 0], [1, 1]));

        void Refused(string message, TokenBatch batch)
        {
            Assert.StartsWith(message, Assert.Throws<BatchException>(() => twin.Model.ComputeGradients(batch)).Message, StringComparison.Ordinal);
            Assert.StartsWith(message, Assert.Throws<BatchException>(() => twin.Model.Evaluate(batch)).Message, StringComparison.Ordinal);
        }
    }

    // by question how many predictions its first sequence has, and how many choices; without questions as many sequences
    static TokenBatch Batch(int[] predictions, int[] choices)
    {
        var batch = new TokenBatch(new Capacity(64, 6, 6));
        for (int q = 0; q < predictions.Length; q++)
        {
            for (int i = 0; i < (choices.Length > q ? choices[q] : 1); i++)
            {
                int count = i == 0 ? predictions[q] : 0;
                batch.Add([3 + q, 5 + i, 7], [0, 0, 0], [.. Enumerable.Range(0, count)], [.. Enumerable.Repeat(9 + q, count)], 0);
            }

            if (choices.Length > q) batch.Ask(choices[q]);
        }

        return batch;
    }
}
