using static AlbertCompiled.Library;
using static AlbertCompiled.Primitives;

namespace AlbertCompiled.Models;

/// <summary>What tasks minimise, given the logits of their head. Meant for <c>using static</c>.</summary>
[Definition]
public static class Tasks
{
    /// <summary>Cross entropy of the labelled rows: of sequences or of tokens.</summary>
    /// <param name="logits">[R, labels].</param>
    /// <param name="batch">Names rows and their labels.</param>
    public static Outputs Labelled(Tensor logits, TokenBatch batch)
    {
        var labelled = Rows(logits, batch.Predicted);
        return new Outputs(("loss", Mean(CrossEntropy(labelled, batch.Labels))), ("accuracy", Mean(Correct(labelled, batch.Labels))), ("logits", logits));
    }

    /// <summary>Mean squared error of the rated sequences.</summary>
    /// <param name="logits">[sequences, 1].</param>
    /// <param name="batch">Names rows and their numbers.</param>
    public static Outputs Rated(Tensor logits, TokenBatch batch)
    {
        var error = Rows(logits, batch.Predicted) - Column(batch.Targets);
        return new Outputs(("loss", Mean(error * error)), ("logits", logits));
    }

    /// <summary>Cross entropy over the tokens of each sequence, of an answer's first token and its last (Devlin et al. 2019, §4.2).</summary>
    /// <param name="logits">[tokens, 2].</param>
    /// <param name="batch">Names tokens, with label 0 where an answer begins and 1 where it ends.</param>
    public static Outputs Answered(Tensor logits, TokenBatch batch)
    {
        var total = GroupLogSum(logits, batch.SequenceOf);
        var surprise = Rows(total, batch.SequenceOf) - logits;
        return new Outputs(("loss", Mean(Pick(Rows(surprise, batch.Predicted), batch.Labels))), ("logits", logits));
    }

    /// <summary>Cross entropy over the choices of each question.</summary>
    /// <param name="logits">[sequences, 1].</param>
    /// <param name="batch">Names the right sequence of each question.</param>
    public static Outputs Chosen(Tensor logits, TokenBatch batch)
    {
        var total = GroupLogSum(logits, batch.QuestionOf);
        var surprise = total - Rows(logits, batch.Predicted);
        return new Outputs(("loss", Mean(surprise)), ("logits", logits));
    }
}
