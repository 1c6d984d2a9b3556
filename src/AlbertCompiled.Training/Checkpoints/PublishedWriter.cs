using System.Globalization;
using System.Text.Json.Nodes;

namespace AlbertCompiled.Training;

/// <summary>Writes a model as it is published, so that the common Python port loads the folder.</summary>
public static class PublishedWriter
{
    const string MappingName = "albert.encoder.embedding_hidden_mapping_in", Padding = "<pad>", Aside = ".albert-export.tmp";

    // programs whose heads are not written, and what they do
    static readonly Dictionary<string, string> Unwritten = new() { ["regress"] = "scores texts", ["answer"] = "finds answers", ["tag"] = "tags words", ["choose"] = "chooses an option" };

    static readonly Dictionary<ElementType, string> Types = new() { [ElementType.F32] = "float32", [ElementType.F16] = "float16", [ElementType.BF16] = "bfloat16" };

    /// <summary>Writes config.json, model.safetensors, spiece.model and tokenizer_config.json into a new folder. The decoder's weight is the word table and is not repeated.</summary>
    /// <param name="model">The model.</param>
    /// <param name="vocabulary">Its vocabulary.</param>
    /// <param name="folder">The folder; it must not hold anything. It appears when it is complete.</param>
    /// <param name="type">What the weights are rounded to: F32, BF16 or F16.</param>
    /// <param name="labels">The classes that a classifier tells apart; those that it was compiled for beside them are left out. Null: all, without names.</param>
    /// <exception cref="TrainingException">The format cannot say what the model is, or the folder cannot be written.</exception>
    public static void SavePublished(this CompiledModel model, Vocabulary vocabulary, string folder, ElementType type = ElementType.F32, LabelSet? labels = null)
    {
        if (model.Description.Programs.FirstOrDefault(p => Unwritten.ContainsKey(p.Name)) is { } head)
            throw new TrainingException($"{model.Description.Name} cannot be published: it {Unwritten[head.Name]}, and of heads only those of pretraining and of classification are written; --onnx takes it");
        if (!Types.ContainsKey(type)) throw new TrainingException($"weights are not published as {type}: choose {string.Join(", ", Types.Keys)}");
        var config = PublishedConfig.Of(model.Description, out string reason) ?? throw new TrainingException($"{model.Description.Name} cannot be published: {reason}");
        if (config.Program == PublishedArchitecture.Classification && labels is not null) config = config with { Labels = labels.Count };
        if (vocabulary.Size > config.Count("Vocabulary")) throw new TrainingException($"the vocabulary has {vocabulary.Size} pieces, {model.Description.Name} was compiled for {config.Count("Vocabulary")}");
        string? temporary = null;
        try
        {
            string target = FileTarget.Resolve(folder);
            bool there = Directory.Exists(target);
            // a folder that is there stays the same one: it may be the current one, or a file system of its own
            string place = there ? target : Path.GetDirectoryName(target)!, name = Path.GetFileName(target);
            foreach (string left in Directory.Exists(place) ? Directory.GetDirectories(place).Where(d => IsAside(Path.GetFileName(d), name)) : []) DurableFiles.TryDelete(left);
            if (File.Exists(target) || (there && Directory.EnumerateFileSystemEntries(target).Any())) throw new TrainingException($"cannot write {folder}: it is there already; choose another folder");
            temporary = Path.Combine(place, $"{name}.{Path.GetRandomFileName()}{Aside}");
            Directory.CreateDirectory(temporary);
            JsonFiles.Write(Path.Combine(temporary, PublishedConfig.FileName), Config(model.Description, config, vocabulary, type, labels));
            JsonFiles.Write(Path.Combine(temporary, "tokenizer_config.json"), Tokenizer(config, vocabulary));
            DurableFiles.Write(Path.Combine(temporary, "spiece.model"), vocabulary.Bytes);
            Safetensors.Write(Path.Combine(temporary, "model.safetensors"), Tensors(model, config, type), new Dictionary<string, string> { ["format"] = "pt" });
            if (there) MoveFiles(temporary, target);
            else DurableFiles.MoveFolder(temporary, target);
        }
        catch (Exception e)
        {
            if (temporary is not null) DurableFiles.TryDelete(temporary);
            if (e is IOException or UnauthorizedAccessException) throw new TrainingException($"cannot write {folder}: {e.Reason()}", e);
            throw;
        }
    }

    // what an export that was killed left
    static bool IsAside(string folder, string name) => folder.StartsWith(name + ".", StringComparison.Ordinal) && folder.EndsWith(Aside, StringComparison.Ordinal);

    // the configuration last: without it there is no model
    static void MoveFiles(string source, string target)
    {
        foreach (string file in Directory.GetFiles(source).OrderBy(f => Path.GetFileName(f) == PublishedConfig.FileName)) File.Move(file, Path.Combine(target, Path.GetFileName(file)));
        Directory.Delete(source);
        DurableFiles.FlushFolder(target);
    }

    static IEnumerable<SafetensorsSource> Tensors(CompiledModel model, PublishedConfig config, ElementType type)
    {
        bool bare = config.Program == PublishedArchitecture.Encoding; // a bare encoder's names have no prefix
        foreach (var p in model.Description.Parameters) yield return ModelWeights.Source(model, Used(p, config.Labels), bare ? PublishedNames.Short(p.Name) : p.Name, type);
        if (config.Attribute != "Albert" || model.Description.Parameters.Any(p => p.Name.StartsWith(MappingName, StringComparison.Ordinal))) yield break;

        // the port maps E to H always: what has no mapping has the identity
        int hidden = config.Count("Hidden");
        string name = bare ? PublishedNames.Short(MappingName) : MappingName;
        yield return new(name + ".weight", [hidden, hidden], (first, values) =>
        {
            for (int i = 0; i < values.Length; i++) values[i] = (first + i) % (hidden + 1) == 0 ? 1 : 0;
        }, type);
        yield return new(name + ".bias", [hidden], (_, values) => values.Clear(), type);
    }

    // rows of classes that are not used come last
    static ParameterInfo Used(ParameterInfo p, int labels) => p.Name switch
    {
        "classifier.weight" => p with { Rows = labels },
        "classifier.bias" => p with { Columns = labels },
        _ => p,
    };

    static JsonObject Config(ModelDescription model, PublishedConfig config, Vocabulary vocabulary, ElementType type, LabelSet? labels)
    {
        var json = new JsonObject { ["architectures"] = new JsonArray(config.Class), ["model_type"] = config.Architecture.ModelType };
        foreach (var rule in config.Architecture.Rules)
            if (rule.Property is { } property) json[rule.Field] = rule.Write(config.Properties[property]);
        if (config.Attribute == "Bert") json["hidden_act"] = "gelu";
        json[config.Attribute == "Bert" ? "classifier_dropout" : "classifier_dropout_prob"] =
            config.Labels > 0 && model.Configuration.FirstOrDefault(p => p.Name == "ClassifierDropout").Value is { } dropout ? double.Parse(dropout, CultureInfo.InvariantCulture) : json["hidden_dropout_prob"]!.DeepClone();
        if (config.Labels > 0)
        {
            string[] names = [.. Enumerable.Range(0, config.Labels).Select(i => labels?.Names[i] ?? $"LABEL_{i}")];
            json["id2label"] = new JsonObject(names.Select((name, i) => KeyValuePair.Create($"{i}", (JsonNode?)name)));
            json["label2id"] = new JsonObject(names.Select((name, i) => KeyValuePair.Create(name, (JsonNode?)i)));
        }

        json["tie_word_embeddings"] = true;
        if (vocabulary.TryFind(Padding) is { } padding) json["pad_token_id"] = padding;
        json["bos_token_id"] = vocabulary.Classify;
        json["eos_token_id"] = vocabulary.Separator;
        json["torch_dtype"] = Types[type];
        return json;
    }

    // the names that the vocabulary has: one that it lacks would become a piece of its own, behind the rows of the word table
    static JsonObject Tokenizer(PublishedConfig config, Vocabulary vocabulary) => new()
    {
        ["tokenizer_class"] = "AlbertTokenizer",
        ["do_lower_case"] = true,
        ["remove_space"] = true,
        ["keep_accents"] = false,
        ["bos_token"] = "[CLS]",
        ["eos_token"] = "[SEP]",
        ["cls_token"] = "[CLS]",
        ["sep_token"] = "[SEP]",
        ["mask_token"] = "[MASK]",
        ["unk_token"] = vocabulary.Piece(vocabulary.Unknown),
        ["pad_token"] = vocabulary.TryFind(Padding) is null ? vocabulary.Piece(vocabulary.Unknown) : Padding,
        ["model_max_length"] = config.Count("Positions"),
    };
}
