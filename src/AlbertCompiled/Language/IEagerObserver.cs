namespace AlbertCompiled;

/// <summary>Sees the values inside of a running definition that its outputs do not tell (<see cref="EagerRun.Evaluate"/>).</summary>
public interface IEagerObserver
{
    /// <summary>An iteration of a <see cref="Primitives.Repeat"/> is done.</summary>
    /// <param name="iteration">Counted from 0.</param>
    /// <param name="before">The carried value that it was given.</param>
    /// <param name="after">What it made of it, of the same shape.</param>
    void Iterated(int iteration, Tensor before, Tensor after);

    /// <summary>A head of an <see cref="Primitives.Attention"/> has looked at a sequence.</summary>
    /// <param name="iteration">Of the <see cref="Primitives.Repeat"/> around it; 0 if there is none.</param>
    /// <param name="sequence">Number of the sequence in the batch.</param>
    /// <param name="head">The head.</param>
    /// <param name="probabilities">[length, length]: row i holds what position i takes from each position. Rows sum to 1: before dropout.</param>
    void Attended(int iteration, int sequence, int head, Tensor probabilities);
}
