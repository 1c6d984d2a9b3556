namespace AlbertCompiled;

/// <summary>The operations of one run in order, each with the way its result's gradient goes back to its operands.</summary>
internal sealed class Tape
{
    readonly List<(Tensor Result, Action Backward)> entries = [];

    /// <summary>Notes an operation.</summary>
    /// <param name="result">The operation's result.</param>
    /// <param name="operands">What it read.</param>
    /// <param name="backward">Adds to the operands' accumulators, given the result's gradient.</param>
    public void Record(Tensor result, Tensor[] operands, Action<double[]> backward)
    {
        foreach (var operand in operands) Enter(operand);
        Append(result, backward);
    }

    /// <summary>Sweeps the tape in reverse from ∂loss/∂loss = 1.</summary>
    public void Backward(Tensor loss)
    {
        if (loss.Rows != 1 || loss.Columns != 1) throw new ArgumentException($"only a scalar can be differentiated, not {loss}");
        if (loss.Tape != this) return; // a constant: every gradient is zero
        loss.Gradient = [1];
        for (int i = entries.Count - 1; i >= 0; i--)
            if (entries[i].Result.Gradient is not null) entries[i].Backward();
    }

    /// <summary>A tensor from outside of the run, at its first use: forgets the last run's gradient, and a stack hands its gradient on to its parts.</summary>
    void Enter(Tensor x)
    {
        if (x.Tape == this) return;
        (x.Tape, x.Gradient) = (this, null);
        if (x.Parts is not { } parts) return;
        foreach (var part in parts) Enter(part);
        Append(x, gradient =>
        {
            int offset = 0;
            foreach (var part in parts)
            {
                var sum = part.Accumulator();
                for (int i = 0; i < sum.Length; i++) sum[i] += gradient[offset + i];
                offset += sum.Length;
            }
        });
    }

    void Append(Tensor result, Action<double[]> backward)
    {
        result.Tape = this;
        entries.Add((result, () => backward(result.Gradient!)));
    }
}
