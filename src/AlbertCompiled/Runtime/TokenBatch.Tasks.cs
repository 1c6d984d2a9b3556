namespace AlbertCompiled;

// What tasks learn from. A label is a prediction: a row, and what belongs there.
public sealed partial class TokenBatch
{
    int questions;

    /// <summary>Questions in the batch; see <see cref="Ask"/>.</summary>
    public int Questions => questions;

    /// <summary>Appends one sequence, or pair of sentences in one, of a known class.</summary>
    /// <param name="tokens">Vocabulary ids.</param>
    /// <param name="segments">Segment of each token.</param>
    /// <param name="label">Its class.</param>
    /// <exception cref="ArgumentException">The sequence does not fit, the lengths differ, or the batch has labels of another kind.</exception>
    public void AddLabelled(ReadOnlySpan<int> tokens, ReadOnlySpan<int> segments, int label)
    {
        Add(tokens, segments, LabelKind.Classes, labels: 1);
        Predict(First.Count - 1, label);
    }

    /// <summary>Appends one sequence, or pair of sentences in one, with the number to predict for it.</summary>
    /// <param name="tokens">Vocabulary ids.</param>
    /// <param name="segments">Segment of each token.</param>
    /// <param name="target">The number.</param>
    /// <exception cref="ArgumentException">The sequence does not fit, the lengths differ, or the batch has labels of another kind.</exception>
    public void AddRated(ReadOnlySpan<int> tokens, ReadOnlySpan<int> segments, float target)
    {
        Add(tokens, segments, LabelKind.Ratings, labels: 1);
        Predict(First.Count - 1, 0, target);
    }

    /// <summary>Appends one sequence with an answer in it. An answer that does not lie in the sequence is not learned from.</summary>
    /// <param name="tokens">Vocabulary ids: question, then text.</param>
    /// <param name="segments">Segment of each token: 0 of the question, 1 of the text.</param>
    /// <param name="start">Position of the answer's first token within the sequence; 0, where [CLS] stands, if there is no answer.</param>
    /// <param name="end">Position of its last token.</param>
    /// <exception cref="ArgumentException">The sequence does not fit, the lengths differ, an answer in the sequence ends before it starts, or the batch has labels of another kind.</exception>
    public void AddAnswered(ReadOnlySpan<int> tokens, ReadOnlySpan<int> segments, int start, int end)
    {
        int row = Tokens.Count;
        bool lies = (uint)start < (uint)tokens.Length && (uint)end < (uint)tokens.Length;
        if (lies && end < start) throw new ArgumentException($"an answer from {start} to {end} ends before it starts");
        Add(tokens, segments, LabelKind.Answers, labels: 2);
        if (!lies) return;
        Predict(row + start, 0);
        Predict(row + end, 1);
    }

    /// <summary>Appends one sequence with a tag for each token.</summary>
    /// <param name="tokens">Vocabulary ids.</param>
    /// <param name="segments">Segment of each token.</param>
    /// <param name="tags">The tags; a negative one, such as the customary −100, is not learned from.</param>
    /// <exception cref="ArgumentException">The sequence does not fit, the lengths differ, or the batch has labels of another kind.</exception>
    public void AddTagged(ReadOnlySpan<int> tokens, ReadOnlySpan<int> segments, ReadOnlySpan<int> tags)
    {
        if (tags.Length != tokens.Length) throw new ArgumentException($"{tokens.Length} tokens have {tags.Length} tags");
        int row = Tokens.Count, labels = 0;
        foreach (int tag in tags) labels += tag < 0 ? 0 : 1;
        Add(tokens, segments, LabelKind.Tags, labels);
        for (int i = 0; i < tags.Length; i++)
            if (tags[i] >= 0) Predict(row + i, tags[i]);
    }

    /// <summary>Makes one question of the last sequences: they are its choices. To learn from a batch, all of its questions have an answer.</summary>
    /// <param name="choices">How many of the sequences.</param>
    /// <param name="answer">Which of them is right, from 0; −1: unknown.</param>
    /// <exception cref="ArgumentException">So many sequences belong to no question yet, the answer is none of them, there is no room for it, or the batch has labels of another kind.</exception>
    public void Ask(int choices, int answer = -1)
    {
        int first = First.Count - choices;
        if (choices < 1 || first < 0 || QuestionOf.Span[first..].ContainsAnyExcept(-1))
            throw new ArgumentException($"the last {choices} sequences are not choices without a question");
        if (answer < -1 || answer >= choices) throw new ArgumentException($"the answer {answer} is none of {choices} choices");
        if (answer >= 0 && Predicted.Count == Capacity.Predictions) throw new ArgumentException($"an answer does not fit into what is left of {Capacity}");
        if (answer >= 0) Learn(LabelKind.Choices);
        QuestionOf.Buffer.AsSpan(first, choices).Fill(questions++);
        if (answer >= 0) Predict(first + answer, 0);
    }

    void Add(ReadOnlySpan<int> tokens, ReadOnlySpan<int> segments, LabelKind kind, int labels)
    {
        if (!Fits(tokens.Length, labels)) throw new ArgumentException($"a sequence of {tokens.Length} tokens and {labels} predictions does not fit into what is left of {Capacity}");
        RequireKind(kind);
        Add(tokens, segments);
        LabelKind = kind;
    }

    // a model reads labels as those of its task, whatever they were meant as
    void RequireKind(LabelKind kind)
    {
        if (LabelKind != LabelKind.None && LabelKind != kind)
            throw new ArgumentException($"the batch has labels of {LabelKind.Method()}, and cannot have labels of {kind.Method()} too: clear it first");
    }

    void Learn(LabelKind kind)
    {
        RequireKind(kind);
        LabelKind = kind;
    }

    /// <summary>Throws unless every sequence is a choice of a question, and every question has an answer.</summary>
    internal void CheckAnswers()
    {
        CheckChoices();
        for (int question = 0; question < questions; question++)
        {
            if (question >= Predicted.Count || (uint)Predicted.Buffer[question] >= (uint)First.Count || QuestionOf.Buffer[Predicted.Buffer[question]] != question)
                throw new BatchException($"question {question} has no answer, which learning needs: Ask(choices, answer)");
        }
    }

    /// <summary>Throws unless every sequence is a choice of a question, and there are as many questions as predictions.</summary>
    internal void CheckQuestions()
    {
        CheckChoices();
        if (questions != Predicted.Count) throw new BatchException($"the batch has {questions} questions and {Predicted.Count} predictions: sums over questions take as many of both");
    }

    void CheckChoices()
    {
        if (QuestionOf.Span.IndexOf(-1) is >= 0 and int alone) throw new BatchException($"sequence {alone} is no choice of a question: Ask(choices, answer) makes one of the last sequences");
    }

    void Predict(int row, int label, float target = 0)
    {
        (Predicted.Buffer[Predicted.Count], Labels.Buffer[Labels.Count], Targets.Buffer[Targets.Count]) = (row, label, target);
        Predicted.Count = Labels.Count = Targets.Count = Predicted.Count + 1;
    }
}
