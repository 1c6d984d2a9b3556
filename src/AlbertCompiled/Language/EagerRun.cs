namespace AlbertCompiled;

/// <summary>
/// Runs a definition op by op in double precision: to step through a model in the debugger, and as the oracle that compiled
/// models are tested against. Not made for speed. A graph takes one run at a time.
/// </summary>
/// <example><code>
/// var graph = new AlbertGraph(new AlbertAttribute { Vocabulary = 100, Hidden = 32, … });
/// var run = EagerRun.Train(graph, g => g.Pretraining(batch), seed: 42, step: 0);
/// Console.WriteLine($"{run.Loss}: {run.Gradients["albert.pooler.bias"][0]}");
/// </code></example>
public static class EagerRun
{
    /// <summary>Forward and backward: differentiates the output "loss" by every weight.</summary>
    /// <param name="graph">The model.</param>
    /// <param name="program">Which of its methods to run.</param>
    /// <param name="seed">Seed of dropout.</param>
    /// <param name="step">Step of dropout: the updates applied before this one.</param>
    /// <param name="training">False: nothing is dropped.</param>
    public static EagerResult Train<TGraph>(TGraph graph, Func<TGraph, Outputs> program, ulong seed = 0, long step = 0, bool training = true)
        where TGraph : ModelGraph
    {
        foreach (var parameter in graph.Parameters) parameter.Tensor.Gradient = null;
        var tape = new Tape();
        using var scope = EagerScope.Open(tape, training, seed, step);
        var outputs = program(graph);
        tape.Backward(outputs["loss"]);
        return new(outputs, graph.Parameters.ToDictionary(p => p.Name, p => p.Tensor.Gradient ?? new double[p.Length]));
    }

    /// <summary>Forward only, nothing is dropped.</summary>
    /// <param name="graph">The model.</param>
    /// <param name="program">Which of its methods to run.</param>
    /// <param name="observer">Is shown what happens inside.</param>
    public static EagerResult Evaluate<TGraph>(TGraph graph, Func<TGraph, Outputs> program, IEagerObserver? observer = null) where TGraph : ModelGraph
    {
        using var scope = EagerScope.Open(null, false, 0, 0, observer);
        return new(program(graph), new Dictionary<string, double[]>());
    }

    /// <summary>Differentiates any expression of the language.</summary>
    /// <param name="expression">Computes a scalar.</param>
    /// <param name="variables">What to differentiate by.</param>
    /// <param name="seed">Seed of dropout.</param>
    /// <returns>The value, and one gradient a variable: zeros where the value does not depend on it.</returns>
    public static (double Value, double[][] Gradients) Differentiate(Func<Tensor> expression, IReadOnlyList<Tensor> variables, ulong seed = 0)
    {
        foreach (var variable in variables) variable.Gradient = null;
        var tape = new Tape();
        using var scope = EagerScope.Open(tape, true, seed, 0);
        var value = expression();
        tape.Backward(value);
        return (value.Scalar, [.. variables.Select(v => v.Gradient ?? new double[v.Rows * v.Columns])]);
    }
}

/// <summary>What a run of a definition yields.</summary>
/// <param name="Outputs">The program's outputs.</param>
/// <param name="Gradients">∂loss/∂weight by the weight's name, row-major; empty if the run did not train.</param>
public sealed record EagerResult(Outputs Outputs, IReadOnlyDictionary<string, double[]> Gradients)
{
    /// <summary>The output called <paramref name="name"/>.</summary>
    public Tensor this[string name] => Outputs[name];

    /// <summary>The output "loss".</summary>
    public double Loss => Outputs["loss"].Scalar;
}
