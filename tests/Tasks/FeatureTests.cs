using AlbertCompiled.Training;

namespace AlbertCompiled.Tests;

/// <summary>From examples to sequences, and from logits back to answers.</summary>
public sealed class FeatureTests
{
    readonly WordTokenizer tokenizer = new();

    int[] Ids(string pieces) => [.. pieces.Split(' ').Select(p => p switch { "[CLS]" => 1, "[SEP]" => 2, _ => tokenizer.Id(p) })];

    [Fact]
    public void Texts_and_pairs_stand_between_special_pieces()
    {
        var features = new TextFeaturizer(tokenizer, 16).Encode([new("One two", Label: 1), new("One", "Two three", Score: 0.5)]);
        Assert.Equal(Ids("[CLS] one two [SEP]"), features[0].Sequence.Tokens);
        Assert.Equal([0, 0, 0, 0], features[0].Sequence.Segments);
        Assert.Equal((0, 1, null, false), (features[0].Example, features[0].Label, features[0].Score, features[0].Truncated));
        Assert.Equal(Ids("[CLS] one [SEP] two thre e [SEP]"), features[1].Sequence.Tokens);
        Assert.Equal([0, 0, 0, 1, 1, 1, 1], features[1].Sequence.Segments);
        Assert.Equal((1, null, 0.5), (features[1].Example, features[1].Label, features[1].Score));
    }

    [Fact]
    public void An_empty_text_is_special_pieces_alone() => Assert.Equal(Ids("[CLS] [SEP] [SEP]"), new TextFeaturizer(tokenizer, 16).Encode([new("", " ")])[0].Sequence.Tokens);

    [Fact]
    public void The_longer_text_is_truncated_first()
    {
        var features = new TextFeaturizer(tokenizer, 7).Encode([new("a b c d e", "x"), new("a b c d", "w x y z"), new("a b c d e f"), new("a b", "x y")]);
        Assert.Equal(Ids("[CLS] a b c [SEP] x [SEP]"), features[0].Sequence.Tokens);
        Assert.Equal(Ids("[CLS] a b [SEP] w x [SEP]"), features[1].Sequence.Tokens);
        Assert.Equal(Ids("[CLS] a b c d e [SEP]"), features[2].Sequence.Tokens);
        Assert.Equal([true, true, true, false], features.Select(f => f.Truncated));
    }

    [Fact]
    public void Truncation_is_that_of_taking_one_token_after_the_other()
    {
        for (int a = 0; a < 12; a++)
            for (int b = 0; b < 12; b++)
                for (int room = 0; room < 24; room++)
                {
                    var (keptA, keptB) = (a, b);
                    while (keptA + keptB > room)
                        if (keptA > keptB) keptA--;
                        else keptB--;
                    Assert.Equal((keptA, keptB), Truncation.LongestFirst(a, b, room));
                }
    }

    [Fact]
    public void Windows_overlap_and_the_last_ends_with_the_text()
    {
        Assert.Equal([new(0, 5), new(3, 5), new(6, 4)], SlidingWindows.Cut(10, 5, 3));
        Assert.Equal([new(0, 5)], SlidingWindows.Cut(5, 5, 3));
        Assert.Equal([new(0, 5), new(5, 1)], SlidingWindows.Cut(6, 5, 9)); // no piece is left out
        Assert.Equal([new(0, 0)], SlidingWindows.Cut(0, 5, 3));
    }

    [Fact]
    public void The_window_with_most_context_counts() => // of pieces 3 and 4, in windows [0, 5) and [3, 8): contexts min(3, 1) and min(0, 4), then min(4, 0) and min(1, 3)
        Assert.Equal([0, 0, 0, 0, 1, 1, 1, 2, 2, 2], SlidingWindows.WithMostContext(SlidingWindows.Cut(10, 5, 3), 10));

    [Fact]
    public void Answers_are_found_in_every_window_that_has_them()
    {
        var example = new SpanExample("q", "Who?", "Ann met Bob in Bath on May day", [new("Bob in", 8)]);
        var features = new SpanFeaturizer(tokenizer, longest: 9, stride: 2, longestQuestion: 2).Encode([example]);
        Assert.Equal((0, 1, 0), (features.TruncatedQuestions, features.SplitContexts, features.LostAnswers));
        Assert.Equal(
            ["[CLS] who ? [SEP] ann met bob in [SEP]", "[CLS] who ? [SEP] bob in bath on [SEP]", "[CLS] who ? [SEP] bath on may day [SEP]"],
            features.Windows.Select(w => string.Join(' ', w.Sequence.Tokens.Select(Piece))));
        Assert.Equal([(6, 7), (4, 5), (0, 0)], features.Windows.Select(w => (w.Start, w.End)));
        Assert.All(features.Windows, w => Assert.Equal(4, w.FirstContext));
        Assert.All(features.Windows, w => Assert.Equal([0, 0, 0, 0, 1, 1, 1, 1, 1], w.Sequence.Segments));
        Assert.Equal(8, features.Windows.Sum(w => w.HasMostContext.Count(h => h))); // every piece once
        Assert.Equal("Bath", example.Context.Substring(features.Windows[2].Offsets[0].Start, features.Windows[2].Offsets[0].Length));
    }

    string Piece(int id) => id switch { 1 => "[CLS]", 2 => "[SEP]", _ => new[] { "ann", "met", "bob", "in", "bath", "on", "may", "day", "who", "?" }.First(p => tokenizer.Id(p) == id) };

    [Fact]
    public void Answers_that_no_window_holds_are_counted_and_contexts_are_encoded_once()
    {
        string context = "one two three four five six";
        var features = new SpanFeaturizer(tokenizer, longest: 7, stride: 1, longestQuestion: 1).Encode([new("1", "Which one", context, [new(context, 0)]), new("2", "x", context, [])]);
        Assert.Equal((1, 2, 1), (features.TruncatedQuestions, features.SplitContexts, features.LostAnswers));
        Assert.Equal(3, tokenizer.Calls);
        Assert.Contains("too short", Assert.Throws<TrainingException>(() => new SpanFeaturizer(tokenizer, 67).Encode([])).Message);
    }

    [Fact]
    public void Answers_of_part_of_a_word_take_its_pieces()
    {
        var window = Assert.Single(new SpanFeaturizer(tokenizer, 20, longestQuestion: 4).Encode([new("1", "x", "An abcdefghij", [new("defg", 6)])]).Windows);
        Assert.Equal((4, 5), (window.Start, window.End)); // [CLS] x [SEP] an abcd efgh ij [SEP]
    }

    [Fact]
    public void Logits_become_original_text_and_null_odds()
    {
        var example = new SpanExample("q", "Who?", "Ann met  BOB\nin Bath on May day", []);
        var windows = new SpanFeaturizer(tokenizer, longest: 9, stride: 2, longestQuestion: 2).Encode([example]).Windows;
        // windows: ann met bob in | bob in bath on | bath on may day, from token 4 on
        float[][] starts = [[1, 9, 0, 0, 0, 0, 5, 0, 0], [2, 0, 0, 0, 8, 4, 0, 0, 0], [3, 0, 0, 0, 0, 0, 0, 0, 0]];
        float[][] ends = [[1, 9, 0, 0, 0, 0, 0, 3, 9], [0, 0, 0, 0, 0, 0, 3, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0]];
        var prediction = new SpanDecoder().Decode(example, windows, starts, ends);
        // the question, [SEP] and "bob" in the second window, where the first has more context, start nothing
        Assert.Equal(("q", "BOB\nin", 2.0 - 8.0), (prediction.Id, prediction.Answer, prediction.NullOdds));
        Assert.Equal(new AnswerCandidate("in Bath", 7), prediction.Best[1]);
        Assert.Equal(prediction.Best.Count, prediction.Best.DistinctBy(b => b.Answer).Count());
        Assert.All(new SpanDecoder(longestAnswer: 1).Decode(example, windows, starts, ends).Best, b => Assert.DoesNotContain(' ', b.Answer));
        Assert.Equal(("", 0), (new SpanDecoder(candidates: 0).Decode(example, windows, starts, ends) is var none ? none.Answer : "?", none.Best.Count));
    }

    [Fact]
    public void Options_fill_the_gap_or_stand_behind_the_question()
    {
        var features = new ChoiceFeaturizer(tokenizer, longest: 11, longestOption: 4).Encode(
            [new("0", "a b c d e f", "is _ it", ["x", "y"], 1), new("1", "a b", "is it so ?", ["no", "x"], null), new("2", "a", "is ____ _", ["x", "y"], 0)]);
        Assert.Equal([Ids("[CLS] a b c d e [SEP] is x it [SEP]"), Ids("[CLS] a b c d e [SEP] is y it [SEP]")], features[0].Options.Select(o => o.Tokens));
        Assert.Equal(Ids("[CLS] a b [SEP] it so ? no [SEP]"), features[1].Options[0].Tokens);
        Assert.Equal([0, 0, 0, 0, 1, 1, 1, 1, 1], features[1].Options[0].Segments);
        Assert.Equal(Ids("[CLS] a [SEP] is x x [SEP]"), features[2].Options[0].Tokens); // underscores in a row are one gap
        Assert.Equal([(1, true), (null, true), (0, false)], features.Select(f => (f.Label, f.Truncated)));
    }

    [Fact]
    public void The_first_piece_of_a_word_decides_about_it()
    {
        var feature = Assert.Single(new TagFeaturizer(tokenizer, 12).Encode([new(["Washington", "is", "in", "U.S."], [1, 0, 0, 2])]));
        Assert.Equal(Ids("[CLS] wash ingt on is in u . s . [SEP]"), feature.Sequence.Tokens);
        Assert.Equal([-1, 0, -1, -1, 1, 2, 3, -1, -1, -1, -1], feature.Words);
        Assert.Equal([-1, 1, -1, -1, 0, 0, 2, -1, -1, -1, -1], feature.Tags);
    }

    [Fact]
    public void Every_word_of_a_long_text_is_decided_about_once()
    {
        string[] words = [.. Enumerable.Range(0, 50).Select(i => new string((char)('a' + i % 26), 1 + i % 7))];
        var features = new TagFeaturizer(tokenizer, 12, stride: 5).Encode([new(words, null)]);
        Assert.True(features.Count > 5);
        Assert.Equal(Enumerable.Range(0, 50), features.SelectMany(f => f.Words).Where(w => w >= 0).Order());
        Assert.All(features.SelectMany(f => f.Tags), t => Assert.Equal(-1, t));
    }

    [Fact]
    public void Predictions_of_a_vocabulary_are_original_text()
    {
        const string Context = "The  VALUE of “Élément” (a ½ string) is returned.";
        var example = new SpanExample("q", "Which value?", Context, [new("VALUE of “Élément”", 5)]);
        var window = Assert.Single(new SpanFeaturizer(new VocabularyTokenizer(TestText.Vocabulary), 128).Encode([example]).Windows);
        float[] starts = new float[window.Sequence.Length], ends = new float[window.Sequence.Length];
        (starts[window.Start], ends[window.End]) = (1, 1);
        Assert.Equal("VALUE of “Élément”", new SpanDecoder().Decode(example, [window], [starts], [ends]).Answer);
        Assert.Equal(TestText.Vocabulary.Encode(Context), window.Sequence.Tokens[window.FirstContext..^1]);
    }
}
