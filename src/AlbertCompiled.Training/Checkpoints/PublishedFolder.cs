using System.Text.Json;

namespace AlbertCompiled.Training;

/// <summary>
/// A model as it is published: config.json, model.safetensors or its shards, and spiece.model, in the format of the common Python port.
/// Weights are read from the files slice by slice.
/// </summary>
public sealed class PublishedFolder
{
    const string Weights = "model.safetensors", Pieces = "spiece.model";

    // what people have instead, and how it becomes what is read
    static readonly string[] OtherFormats = ["pytorch_model.bin", "pytorch_model.bin.index.json", "tf_model.h5", "flax_model.msgpack"];

    PublishedFolder(string folder, PublishedConfig config) => (Folder, Config) = (folder, config);

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>Its configuration.</summary>
    public PublishedConfig Config { get; }

    /// <summary>True if a folder has a config.json of a published model. A run's is of another kind.</summary>
    public static bool IsPublished(string folder)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, PublishedConfig.FileName)));
            return document.RootElement.ValueKind == JsonValueKind.Object && !document.RootElement.TryGetProperty("recipe", out _);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Opens a folder: reads its configuration.</summary>
    /// <exception cref="TrainingException">There is no config.json, or it describes what cannot be compiled; the message names the field.</exception>
    public static PublishedFolder Open(string folder) => new(folder, ReadConfig(Path.Combine(folder, PublishedConfig.FileName)));

    /// <summary>Reads a config.json alone.</summary>
    /// <exception cref="TrainingException">It cannot be read, or describes what cannot be compiled; the message names the field.</exception>
    public static PublishedConfig ReadConfig(string path) => TensorFiles.Guard(path, () => PublishedConfig.Parse(File.ReadAllBytes(path)));

    /// <summary>The tensors.</summary>
    /// <exception cref="TrainingException">There is no safetensors file, or it is damaged.</exception>
    public TensorFiles OpenWeights()
    {
        string whole = Path.Combine(Folder, Weights), index = Path.Combine(Folder, ShardIndex.FileName);
        if (File.Exists(whole)) return TensorFiles.Open(whole);
        if (File.Exists(index)) return TensorFiles.OpenShards(index);
        string? other = OtherFormats.FirstOrDefault(name => File.Exists(Path.Combine(Folder, name)));
        throw new TrainingException(other is null
            ? $"{Folder} has no {Weights}"
            : $"{Folder} has its weights in {other}, which is not read: convert it in Python with transformers.{Config.Class}.from_pretrained(\"{Folder}\").save_pretrained(\"{Folder}\", safe_serialization=True), which writes {Weights}");
    }

    /// <summary>The vocabulary.</summary>
    /// <exception cref="TrainingException">There is none, it is damaged, or it has more pieces than the configuration says.</exception>
    public Vocabulary OpenVocabulary()
    {
        string path = Path.Combine(Folder, Pieces);
        if (!File.Exists(path))
            throw new TrainingException($"{Folder} has no {Pieces}{(File.Exists(Path.Combine(Folder, "vocab.txt")) ? ": a WordPiece vocabulary (vocab.txt) is not read" : "")}");
        var vocabulary = Vocabulary.Load(path);
        int size = Config.Count("Vocabulary");
        return vocabulary.Size <= size ? vocabulary : throw new TrainingException($"{path} has {vocabulary.Size} pieces, {PublishedConfig.FileName} beside it says {size} at most");
    }

    /// <summary>What a compiled model would find here.</summary>
    /// <exception cref="TrainingException">The model computes something else, a weight has another shape, or the encoder is not complete.</exception>
    public WeightMatch Match(ModelDescription model)
    {
        using var files = OpenWeights();
        return Plan(model, files).Match;
    }

    /// <summary>Loads the weights into a model. A head that the folder lacks stays as it is, and is told.</summary>
    /// <param name="model">The model.</param>
    /// <param name="except">Beginnings of names that are left out, such as "classifier.": a head for another task.</param>
    /// <exception cref="TrainingException">The model computes something else, a weight has another shape, or the encoder is not complete; nothing was changed. A weight holds what is no number; those before it were loaded.</exception>
    public WeightMatch Load(CompiledModel model, params IReadOnlyList<string> except)
    {
        using var files = OpenWeights();
        var plan = Plan(model.Description, files, except);
        return TensorFiles.Guard(Folder, () =>
        {
            plan.Copy(files, model.Parameters);
            return plan.Match;
        });
    }

    /// <summary>Loads a classifier's weights, its head too, into a model that may have been compiled for more classes: those are ruled out.</summary>
    /// <param name="model">A model with the weights classifier.weight, [classes, hidden], and classifier.bias.</param>
    /// <exception cref="TrainingException">The model computes something else or fewer classes, a weight has another shape, or the classifier is not complete; nothing was changed. A weight holds what is no number; those before it were loaded.</exception>
    public WeightMatch LoadClassifier(CompiledModel model)
    {
        using var files = OpenWeights();
        var head = model.Description.Parameters.Where(p => p.Name.StartsWith(UnusedClasses.Head, StringComparison.Ordinal)).ToList();
        foreach (var p in head)
        {
            long[] shape = p.IsVector ? [Config.Labels] : [Config.Labels, p.Columns];
            if (!files.Contains(p.Name) || !files[p.Name].Shape.AsSpan().SequenceEqual(shape) || !files[p.Name].Type.IsReal())
                throw new TrainingException($"{Folder} has no {p.Name} of {Config.Labels} classes, which {PublishedConfig.FileName} tells");
        }

        if (UnusedClasses.Compiled(model.Description) is { } most && most < Config.Labels) throw new TrainingException($"{Folder} tells {Config.Labels} classes apart, {model.Description.Name} was compiled for {most}");
        var match = Load(model, UnusedClasses.Head);
        UnusedClasses.Silence(model, Config.Labels);
        return TensorFiles.Guard(Folder, () =>
        {
            foreach (var p in head)
            {
                var values = new float[files[p.Name].Count];
                files.ReadSingles(p.Name, 0, values);
                WeightPlan.RequireFinite(files, p.Name, 0, values);
                model.Parameters.Write(ParameterState.Value, p.Offset, values);
            }

            return new WeightMatch([.. match.Loaded, .. head.Select(p => p.Name)], [.. match.Missing.Except(head.Select(p => p.Name))], [.. match.Unused.Except(head.Select(p => p.Name))]);
        });
    }

    WeightPlan Plan(ModelDescription model, TensorFiles files, params IReadOnlyList<string> except)
    {
        if (Config.Differences(model) is { Count: > 0 } differences)
            throw new TrainingException($"{model.Name} does not compute what {Path.Combine(Folder, PublishedConfig.FileName)} says: {string.Join("; ", differences)}");
        var plan = WeightPlan.Of(model, files).Without(except);
        ModelWeights.Refuse(model, Folder, plan, files, partly: true, [.. plan.Missing.Where(PublishedNames.IsEncoder).Select(n => $"{n} is missing")]);
        return plan;
    }
}
