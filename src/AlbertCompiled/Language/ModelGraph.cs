using System.Globalization;
using System.Reflection;

namespace AlbertCompiled;

/// <summary>A weight that a definition declared.</summary>
/// <param name="Name">The checkpoint's name for it.</param>
/// <param name="IsVector">Stored one-dimensional; neither decays nor adapts.</param>
/// <param name="Initial">How it starts.</param>
/// <param name="Tensor">[rows, columns]; values are drawn when first read.</param>
public sealed record ModelParameter(string Name, bool IsVector, Initial Initial, Tensor Tensor)
{
    /// <summary>Rows; 1 for a vector.</summary>
    public int Rows => Tensor.Rows;

    /// <summary>Columns.</summary>
    public int Columns => Tensor.Columns;

    /// <summary>Number of scalars.</summary>
    public long Length => (long)Rows * Columns;
}

/// <summary>
/// The base of a definition: an architecture written in the language. Constructed, it is a model that runs op by op in double
/// precision (<see cref="EagerRun"/>); its text, together with a configuration, is what the compiler reads.
/// </summary>
public abstract class ModelGraph
{
    // Field initialisers run before this constructor, which therefore finds all weights of its instance here.
    [ThreadStatic]
    static List<Declaration>? pending;

    readonly Dictionary<string, ModelParameter> byName = [];

    /// <summary>Collects the weights that the field initialisers declared.</summary>
    /// <exception cref="ArgumentException">Two weights have the same name.</exception>
    protected ModelGraph()
    {
        var declarations = pending ?? [];
        pending = null;
        Parameters = [.. declarations.Select(d => d.Parameter)];
        for (int i = 0; i < declarations.Count; i++)
        {
            declarations[i].Owner = (this, i);
            if (!byName.TryAdd(Parameters[i].Name, Parameters[i])) throw new ArgumentException($"the weight {Parameters[i].Name} is declared twice");
        }
    }

    /// <summary>What the initial values are drawn from.</summary>
    public ulong Seed { get; init; }

    /// <summary>All weights in order of declaration.</summary>
    public IReadOnlyList<ModelParameter> Parameters { get; }

    /// <summary>Number of trainable scalars.</summary>
    public long ParameterCount => Parameters.Sum(p => p.Length);

    /// <summary>The weight called <paramref name="name"/>.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public ModelParameter this[string name] =>
        byName.TryGetValue(name, out var parameter) ? parameter : throw new KeyNotFoundException($"{GetType().Name} has no weight {name}");

    /// <summary>
    /// Constructs a definition that may refuse its configuration. Its weights are declared before there is an instance to own them: after a plain <c>new</c> whose
    /// field initialisers throw, they would go to the next definition of the thread. Numbers in their names are written as the compiler writes them, in the
    /// invariant culture, while a plain <c>new</c> writes them in the thread's.
    /// </summary>
    /// <param name="construct">Constructs it.</param>
    public static TGraph Create<TGraph>(Func<TGraph> construct) where TGraph : ModelGraph
    {
        var culture = CultureInfo.CurrentCulture;
        pending = null;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
            return construct();
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
            pending = null;
        }
    }

    /// <summary>The definition that a compiled model was made from, with the model's configuration and a copy of its weights.</summary>
    /// <exception cref="ArgumentException">The model's type does not bear the attribute that configures one.</exception>
    public static ModelGraph Of(CompiledModel model)
    {
        var type = model.GetType();
        var (attribute, definition) = type.GetCustomAttributes(false).Select(a => (a, DefinitionOf(a.GetType()))).FirstOrDefault(a => a.Item2 is not null);
        if (definition is null) throw new ArgumentException($"{model.Description.Name} does not say what definition it was compiled from");
        if (type.GetCustomAttribute<TaskAttribute>() is { } task) Configure(attribute, task);
        var graph = Create(() => (ModelGraph)Activator.CreateInstance(definition, attribute)!);
        graph.Load(model.Parameters);
        return graph;
    }

    /// <summary>A method of the definition that is a program: it takes a batch and returns outputs.</summary>
    /// <returns>Null if there is none of this name.</returns>
    public Func<TokenBatch, Outputs>? Program(string method) =>
        GetType().GetMethod(method, [typeof(TokenBatch)]) is { } found && found.ReturnType == typeof(Outputs) ? found.CreateDelegate<Func<TokenBatch, Outputs>>(this) : null;

    // as the compiler does it: a task decides the head
    static void Configure(object configuration, TaskAttribute task)
    {
        void Set(string property, object value) => configuration.GetType().GetProperty(property)!.SetValue(configuration, value);
        if (task is SpanAnswerAttribute) Set("Spans", true);
        else Set("Labels", task switch { ClassificationAttribute c => c.Labels, TokenTagsAttribute t => t.Labels, _ => 1 });
        if (task is ClassifierAttribute { Training: true } classifier) Set("ClassifierDropout", classifier.Dropout);
    }

    static Type? DefinitionOf(Type attribute)
    {
        for (var type = attribute; type is not null; type = type.BaseType)
        {
            if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ArchitectureAttribute<>)) return type.GetGenericArguments()[0];
        }

        return null;
    }

    /// <summary>
    /// Takes over the weights of a compiled model of this definition, to step through what it computes. Weights that the model's
    /// programs do not read, such as the heads of an encoder, stay as they are.
    /// </summary>
    /// <exception cref="KeyNotFoundException">The model has a weight that this graph lacks.</exception>
    /// <exception cref="ArgumentException">A weight has another size there.</exception>
    public void Load(ParameterSet weights)
    {
        foreach (var info in weights.Description.Parameters)
        {
            var parameter = this[info.Name];
            var values = weights.Read(info.Name);
            if (values.Length != parameter.Length) throw new ArgumentException($"{parameter.Name} {parameter.Tensor} has {values.Length} values in the model");
            for (int i = 0; i < values.Length; i++) parameter.Tensor.Values[i] = values[i];
        }
    }

    /// <summary>Declares a matrix [rows, columns]. Weight decay and trust ratios apply to it.</summary>
    /// <exception cref="ArgumentException">A size is not positive.</exception>
    protected static Tensor Weight(string name, int rows, int columns, Initial initial) => Declare(name, rows, columns, false, initial);

    /// <summary>Declares a vector [1, size], stored one-dimensional. Neither weight decay nor trust ratios apply to it.</summary>
    /// <exception cref="ArgumentException">The size is not positive.</exception>
    protected static Tensor Weight(string name, int size, Initial initial) => Declare(name, 1, size, true, initial);

    /// <summary>An array of weights or bundles of them.</summary>
    /// <param name="count">Its length.</param>
    /// <param name="make">Declares the one with this index.</param>
    protected static T[] Each<T>(int count, Func<int, T> make)
    {
        try
        {
            return [.. Enumerable.Range(0, count).Select(make)];
        }
        catch
        {
            pending = null; // the instance never comes to be: its weights must not end up in the next one
            throw;
        }
    }

    static Tensor Declare(string name, int rows, int columns, bool isVector, Initial initial)
    {
        if (rows <= 0 || columns <= 0)
        {
            pending = null;
            throw new ArgumentException($"the weight {name} has the shape [{rows}, {columns}]; sizes must be positive");
        }

        var declaration = new Declaration(name, rows, columns, isVector, initial);
        (pending ??= []).Add(declaration);
        return declaration.Parameter.Tensor;
    }

    /// <summary>A weight whose graph is not known yet.</summary>
    sealed class Declaration
    {
        public Declaration(string name, int rows, int columns, bool isVector, Initial initial) =>
            Parameter = new(name, isVector, initial, new(rows, columns, isVector, Draw));

        public ModelParameter Parameter { get; }

        public (ModelGraph Graph, int Index)? Owner { get; set; }

        // As ParameterSet.Initialize does: each weight from its own stream.
        double[] Draw()
        {
            var (graph, index) = Owner ?? throw new InvalidOperationException($"the weight {Parameter.Name} is read before the model is constructed");
            var values = new float[Parameter.Length];
            Parameter.Initial.Fill(values, Parameter.Columns, graph.Seed + (ulong)index * CounterRandom.Golden64);
            return [.. values.Select(v => (double)v)];
        }
    }
}
