using AlbertCompiled.Training;

namespace AlbertCompiled.Tests.FineTuning;

/// <summary>What a set gives to a model and reads from it.</summary>
public class TaskSetTests
{
    [Fact]
    public void Logits_of_starts_come_before_those_of_ends_and_make_answers()
    {
        SpanExample[] questions = [new("1", "Who?", "Ann met Bob", []), new("2", "Who?", "Bob met Ann in Bath", [])];
        var set = new SpanSet(new(new("made", questions), HasUnanswerable: false), new(new WordTokenizer(), 20, longestQuestion: 4));
        var batch = new TokenBatch(TaskSet.Capacity(64, set));
        for (int i = 0; i < set.Count; i++) set.Add(batch, i);
        int first = batch.Starts[1], length = batch.Starts[2] - first; // [CLS] who ? [SEP] bob met ann in bath [SEP]
        Assert.Equal(10, length);
        Assert.Equal(
            [.. Enumerable.Range(first, length).Select(row => (float)row), .. Enumerable.Range(first, length).Select(row => 1000f + row)],
            set.Read(Logits(row => row, row => 1000 + row), batch, 1, 1));

        float[][] answers = [set.Read(Logits(row => row == 4 ? 9 : 0, row => row == 6 ? 9 : 0), batch, 0, 0), set.Read(Logits(row => row == first + 5 ? 9 : 0, row => row == first + 6 ? 9 : 0), batch, 1, 1)];
        Assert.Equal(["Ann met Bob", "met Ann"], set.Describe(answers).Select(a => a["answer"]));

        OutputRows Logits(Func<int, float> start, Func<int, float> end) =>
            new(Enumerable.Range(0, batch.Tokens.Count).SelectMany(row => new[] { start(row), end(row) }).ToArray(), batch.Tokens.Count, 2, 2);
    }

    [Fact]
    public void The_key_of_a_set_follows_from_all_that_a_model_sees()
    {
        int[] tokens = [2, 5, 6, 3], segments = [0, 0, 1, 1];
        Action<TokenBatch>[] different =
        [
            b => b.Add(tokens, segments), b => b.Add([2, 5, 7, 3], segments), b => b.Add(tokens, [0, 0, 0, 1]),
            b => b.AddLabelled(tokens, segments, 1), b => b.AddLabelled(tokens, segments, 2), b => b.AddRated(tokens, segments, 1), b => b.AddRated(tokens, segments, 2),
            b => b.AddAnswered(tokens, segments, 1, 2), b => b.AddAnswered(tokens, segments, 1, 3), b => b.AddTagged(tokens, segments, [-1, 1, 2, -1]), b => b.AddTagged(tokens, segments, [1, -1, 2, -1]),
            b => Choices(b, 1, 0), b => Choices(b, 2, 0), b => Choices(b, 1, 1),
        ];
        Assert.Equal(different.Length, different.Select(add => TaskSet.Key(new Made(add))).Distinct().Count());
        Assert.Equal(TaskSet.Key(new Made(different[3])), TaskSet.Key(new Made(b => b.AddLabelled([2, 5, 6, 3], [0, 0, 1, 1], 1))));
        Assert.NotEqual(TaskSet.Key(new Made(different[3]), new Made(different[4])), TaskSet.Key(new Made(different[4]), new Made(different[3])));

        void Choices(TokenBatch b, int cut, int answer)
        {
            b.Add(tokens.AsSpan(0, cut), segments.AsSpan(0, cut));
            b.Add(tokens.AsSpan(cut), segments.AsSpan(cut));
            b.Ask(2, answer);
        }
    }

    sealed class Made(Action<TokenBatch> add) : TaskSet
    {
        public override string Program => "classify";

        public override int Count => 1;

        public override bool IsLabelled => true;

        public override ItemSize Size(int item) => new(4, 2, 2);

        public override void Add(TokenBatch batch, int item) => add(batch);

        public override float[] Read(OutputRows logits, TokenBatch batch, int sequence, int item) => throw new NotSupportedException();

        public override IReadOnlyList<MetricValue> Judge(IReadOnlyList<float[]> answers) => throw new NotSupportedException();

        public override void Write(string path, IReadOnlyList<float[]> answers) => throw new NotSupportedException();

        public override IEnumerable<IReadOnlyDictionary<string, object?>> Describe(IReadOnlyList<float[]> answers) => throw new NotSupportedException();
    }
}
