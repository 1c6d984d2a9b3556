using AlbertCompiled.Onnx;

namespace AlbertCompiled;

/// <summary>A model whose forward, backward and optimizer code was generated at build time. Not thread-safe.</summary>
public abstract class CompiledModel : IDisposable
{
    ModelExecutor? executor;
    bool disposed;

    /// <summary>Allocates the parameters on <paramref name="device"/> and initialises them from <paramref name="seed"/>.</summary>
    /// <exception cref="ArgumentException">The capacity has no room for a token, or there is no such precision.</exception>
    /// <exception cref="DeviceException">The device does not compute in this precision, or its memory does not hold the model, activations included; nothing stays allocated.</exception>
    protected CompiledModel(ModelDescription description, Device device, Capacity capacity, ulong seed, Compute precision = Compute.Float32)
    {
        ArgumentNullException.ThrowIfNull(device);
        if (capacity is not { Tokens: > 0, Sequences: > 0, Predictions: >= 0 }) throw new ArgumentException($"a model needs room for a token and a sequence at least, and for no fewer than 0 predictions, not {capacity}");
        if (!Enum.IsDefined(precision)) throw new ArgumentException($"there is no precision {precision}: choose {nameof(Compute.Float32)} or {nameof(Compute.BFloat16)}");
        if (!device.Computes(precision)) throw new DeviceException($"{device.Kind} does not compute in {precision}: choose {nameof(Compute.Float32)} or the device cpu");
        Description = description;
        Device = device;
        Capacity = capacity;
        Seed = seed;
        Precision = precision;
        device.Admit(this);
        Parameters = device.CreateParameters(description);
        Parameters.Initialize(seed);
    }

    /// <summary>What the compiler knows about this model.</summary>
    public ModelDescription Description { get; }

    /// <summary>Where it runs.</summary>
    public Device Device { get; private set; }

    /// <summary>The largest batch it takes.</summary>
    public Capacity Capacity { get; private set; }

    /// <summary>Seed of initialisation and dropout.</summary>
    public ulong Seed { get; }

    /// <summary>What the operands of matrix products and attention are rounded to.</summary>
    public Compute Precision { get; }

    /// <summary>Weights and, if the model trains, gradients and optimizer moments.</summary>
    public ParameterSet Parameters { get; private set; } = null!;    // the constructor's last

    /// <summary>Number of training steps, those included whose gradients were no numbers and changed nothing; a checkpoint restores it. Below 2⁴⁰.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It would be negative, or as many as that.</exception>
    public long Step
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(value, BatchPart.MostSteps);
            field = value;
        }
    }

    internal ModelExecutor Executor
    {
        get
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            return executor ??= CreateExecutor();
        }
    }

    /// <summary>An executor for another device or capacity than the model's own.</summary>
    internal ModelExecutor ExecutorOn(Device device, ParameterSet parameters, Capacity capacity)
    {
        var own = (Device, Parameters, Capacity);
        try
        {
            (Device, Parameters, Capacity) = (device, parameters, capacity);
            return CreateExecutor();
        }
        finally
        {
            (Device, Parameters, Capacity) = own;
        }
    }

    /// <summary>Binds the generated code for <see cref="Device"/>. Generated.</summary>
    protected abstract ModelExecutor CreateExecutor();

    /// <summary>Throws a <see cref="BatchException"/> if an index lies outside its table. Generated: tables and their sizes are the model's.</summary>
    protected abstract void CheckIndices(TokenBatch batch);

    /// <summary>One table's check.</summary>
    protected static void CheckRange(Indices indices, int rows, string what)
    {
        var span = indices.Span;
        for (int i = 0; i < span.Length; i++)
        {
            if ((uint)span[i] < (uint)rows) continue;
            throw what == nameof(TokenBatch.Positions) ? TooLong(span, i, rows) : new BatchException($"{what} {i} is {span[i]}, outside 0..{rows - 1}");
        }
    }

    // positions are counted from each sequence's first token
    static BatchException TooLong(ReadOnlySpan<int> positions, int row, int most)
    {
        int rest = positions[row..].IndexOf(0), length = positions[row] + (rest < 0 ? positions.Length - row : rest);
        return new($"sequence {positions[..row].Count(0) - 1} has {length} tokens, the model has positions for {most}: cut it, or declare more");
    }

    /// <summary>Throws a <see cref="BatchException"/> if what a task learns from is missing or lies outside its table. Generated for models that train a task.</summary>
    protected virtual void CheckLabels(TokenBatch batch) { }

    /// <summary>The labels that a task is learned from; <see cref="LabelKind.None"/>: whatever the definition reads. Generated for models that train a task.</summary>
    LabelKind LearnsFrom => Description.LearnsFrom;

    /// <summary>One vector's check.</summary>
    protected static void CheckFinite(Numbers numbers, string what)
    {
        var span = numbers.Span;
        for (int i = 0; i < span.Length; i++)
            if (!float.IsFinite(span[i])) throw new BatchException($"{what} {i} is {span[i]}, not a finite number");
    }

    /// <summary>The check of sums over the choices of a question, of which there is one for each prediction. Generated for models that compute them.</summary>
    protected static void CheckQuestions(TokenBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        batch.CheckQuestions();
    }

    void Check(TokenBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.First.Count == 0) throw new BatchException("the batch is empty");
        CheckCount(batch, Dimension.Tokens);
        CheckCount(batch, Dimension.Sequences);
        CheckCount(batch, Dimension.Predictions);
        CheckIndices(batch);
    }

    // of a part: labels of another task are no labels of this one
    void CheckTask(TokenBatch batch)
    {
        if (LearnsFrom != LabelKind.None && batch.LabelKind != LabelKind.None && batch.LabelKind != LearnsFrom)
            throw new BatchException($"the batch has labels of {batch.LabelKind.Method()}, {Description.Name} learns from those of {LearnsFrom.Method()}");
        if (LearnsFrom == LabelKind.Choices) batch.CheckAnswers();
        CheckLabels(batch);
    }

    void CheckLabelled(BatchSize whole)
    {
        if (LearnsFrom != LabelKind.None && whole.Predictions == 0) throw new BatchException("nothing in the batch is labelled: a task is learned from one label at least");
    }

    void CheckCount(TokenBatch batch, Dimension dimension)
    {
        if (batch.Count(dimension) > Capacity[dimension])
            throw new BatchException($"the batch has {batch.Count(dimension)} {dimension.ToString().ToLowerInvariant()}, the model was created for {Capacity[dimension]}");
    }

    // outputs are read through spans
    void CheckOutputs(ProgramDescription program, TokenBatch batch)
    {
        foreach (var output in program.Outputs)
            if (output.Rows is { } dimension && batch.Count(dimension) * ArenaPlan.Round(output.Columns) > int.MaxValue)
                throw new BatchException($"{output.Name} would have {batch.Count(dimension)} × {output.Columns} numbers, more than can be read at once: take smaller batches");
    }

    /// <summary>Bytes of the arena that activations and gradients live in. It is allocated when it is first asked for or run in.</summary>
    /// <exception cref="DeviceException">The device has less memory; the message says what is needed and what would fit.</exception>
    public long ArenaBytes => Executor.ArenaBytes;

    /// <summary>
    /// Forward, backward and update. Allocates nothing. On a GPU it returns when the step is queued; reading a result waits for it,
    /// and the batch may be filled anew at once.
    /// </summary>
    /// <exception cref="ArgumentException">A setting makes no sense.</exception>
    /// <exception cref="BatchException">The batch exceeds the capacity or holds an index outside its table.</exception>
    /// <exception cref="InvalidOperationException">The model was compiled for inference alone, or another thread uses the processor's threads; nothing was changed.</exception>
    public StepResult TrainStep(TokenBatch batch, scoped in OptimizerSettings settings) => TrainStep(new ReadOnlySpan<TokenBatch>(in batch), settings);

    /// <summary>
    /// One update from a batch that comes in parts, each within the capacity: the same, to rounding, as from all sequences at once, since means
    /// divide by the sizes of the whole. Scalar outputs are sums over the parts: the whole's losses and accuracies. Dropout draws for each part anew.
    /// Gradients whose norm is not a finite number change no weight and no moment: <see cref="StepResult.GradientNorm"/> tells so.
    /// </summary>
    /// <param name="parts">The parts, in the order in which their gradients are added up.</param>
    /// <param name="settings">The update's settings.</param>
    /// <exception cref="ArgumentException">A setting makes no sense; nothing was changed.</exception>
    /// <exception cref="BatchException">There is no part, or one exceeds the capacity or holds an index outside its table; nothing was changed.</exception>
    /// <exception cref="InvalidOperationException">The model was compiled for inference alone.</exception>
    public StepResult TrainStep(scoped ReadOnlySpan<TokenBatch> parts, scoped in OptimizerSettings settings)
    {
        settings.Check();
        var result = Executor.Step(AllButLast(parts), Seed, Step, settings);
        Step++;
        return result;
    }

    /// <summary>Forward and backward without an update; gradients are left in <see cref="Parameters"/>.</summary>
    /// <exception cref="BatchException">The batch exceeds the capacity or holds an index outside its table.</exception>
    /// <exception cref="InvalidOperationException">The model was compiled for inference alone.</exception>
    public ScalarOutputs ComputeGradients(TokenBatch batch) => ComputeGradients(new ReadOnlySpan<TokenBatch>(in batch));

    /// <summary>Forward and backward of a batch that comes in parts, without an update; see <see cref="TrainStep(ReadOnlySpan{TokenBatch}, in OptimizerSettings)"/>.</summary>
    /// <exception cref="BatchException">There is no part, or one exceeds the capacity or holds an index outside its table.</exception>
    /// <exception cref="InvalidOperationException">The model was compiled for inference alone.</exception>
    public ScalarOutputs ComputeGradients(scoped ReadOnlySpan<TokenBatch> parts)
    {
        Executor.Train(AllButLast(parts), Seed, Step);
        return Executor.Scalars("train");
    }

    // checks all parts before anything is changed, adds up the gradients of all but the last, and returns that one
    BatchPart AllButLast(scoped ReadOnlySpan<TokenBatch> parts)
    {
        if (!Description.Trains) throw Description.WithoutTraining("has no gradients");
        if (parts.IsEmpty) throw new BatchException("a batch of no parts");
        foreach (var part in parts)
        {
            Check(part);
            CheckTask(part);
        }

        var whole = BatchSize.Of(parts);
        CheckLabelled(whole);
        for (int i = 0; i < parts.Length - 1; i++) Executor.Train(new(parts[i], whole, i), Seed, Step);
        return new(parts[^1], whole, parts.Length - 1);
    }

    /// <summary>The forward pass of the training program, dropout off.</summary>
    /// <exception cref="BatchException">The batch exceeds the capacity or holds an index outside its table.</exception>
    /// <exception cref="InvalidOperationException">The model was compiled for inference alone.</exception>
    public ScalarOutputs Evaluate(TokenBatch batch)
    {
        if (Description.Program("evaluate") is null) throw Description.WithoutTraining("has no loss to evaluate");
        Check(batch);
        CheckTask(batch);
        CheckLabelled(BatchSize.Of(batch));
        Executor.Evaluate(batch);
        return Executor.Scalars("evaluate");
    }

    /// <summary>Runs the inference program that comes with training; <see cref="ReadOutput"/> returns its results.</summary>
    /// <exception cref="BatchException">The batch exceeds the capacity or holds an index outside its table.</exception>
    /// <exception cref="InvalidOperationException">The definition has no such program, or it was not compiled.</exception>
    public void Predict(TokenBatch batch)
    {
        if (Description.Program("predict") is null)
            throw new InvalidOperationException($"{Description.Name} has no program predict; declare it [Pretraining], and give its definition a method Prediction(TokenBatch)");
        Infer("predict", batch);
    }

    /// <summary>Runs an inference program by name, for callers that do not know the type of the model. Allocates nothing.</summary>
    /// <param name="program">"predict", "encode", "classify", "regress", "answer", "tag" or "choose".</param>
    /// <param name="batch">What to run it on.</param>
    /// <exception cref="BatchException">The batch exceeds the capacity or holds an index outside its table.</exception>
    /// <exception cref="InvalidOperationException">The model has no such program.</exception>
    public InferenceOutputs Infer(string program, TokenBatch batch)
    {
        ArgumentNullException.ThrowIfNull(program);
        if (program is "train" or "evaluate" || Description.Program(program) is not { } description)
            throw new InvalidOperationException($"{Description.Name} has no inference program {program}; its programs are {string.Join(", ", Description.Programs.Select(p => p.Name))}");
        Check(batch);
        CheckOutputs(description, batch);
        Executor.Infer(program, batch);
        return new(Executor, description);
    }

    /// <summary>Copies a result of the last <see cref="Predict"/>, rows × columns, without padding.</summary>
    /// <returns>The number of rows.</returns>
    /// <exception cref="InvalidOperationException">That program has not run, or another one has run since.</exception>
    public int ReadOutput(string name, Span<float> destination) => Executor.ReadOutput("predict", name, destination);

    /// <summary>A program that infers as an ONNX graph over padded sequences, with the weights that the model has when the graph is saved.</summary>
    /// <param name="program">"predict", "encode", "classify", …; null: the first that the model has.</param>
    /// <exception cref="OnnxException">The model has no such program, or one that only packed sequences can run.</exception>
    public OnnxGraph ToOnnx(string? program = null)
    {
        var graph = new OnnxGraph(Description, Parameters);
        BuildOnnx(program ?? Description.Programs.Select(p => p.Name).FirstOrDefault(n => n is not ("train" or "evaluate")) ?? "predict", graph);
        return graph;
    }

    /// <summary>Adds the nodes of a program. Generated for models that have one that infers.</summary>
    protected virtual void BuildOnnx(string program, OnnxGraph onnx) =>
        throw new OnnxException($"{(program is "train" or "evaluate" ? $"{program} has no ONNX form, only programs that infer have" : $"{Description.Name} was compiled without {program}")}; its programs that infer are {string.Join(", ", Description.Programs.Select(p => p.Name).Where(n => n is not ("train" or "evaluate")).DefaultIfEmpty("none"))}");

    /// <summary>Frees the memory, that of outputs which were read in place included.</summary>
    /// <exception cref="InvalidOperationException">Another thread uses the device.</exception>
    public void Dispose()
    {
        if (disposed) return;
        executor?.Dispose();
        Parameters.Dispose();
        disposed = true;
    }
}

/// <summary>A batch that the model cannot take; the message says which entry and why.</summary>
public sealed class BatchException(string message) : Exception(message);
