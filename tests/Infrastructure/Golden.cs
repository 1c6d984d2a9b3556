using System.Text.Json;
using AlbertCompiled.Models;
using AlbertCompiled.Training;

namespace AlbertCompiled.Tests;

/// <summary>
/// A reference run of a small ALBERT: weights, a batch, outputs and gradients of an independent implementation in float64,
/// stored as float32 (tests/golden). Padded there, packed here.
/// </summary>
internal sealed class Golden : IDisposable
{
    readonly Safetensors data;
    readonly Safetensors weights;
    readonly string prefix;

    Golden(AlbertAttribute configuration, Safetensors data, Safetensors weights, string prefix)
    {
        (Configuration, this.data, this.weights, this.prefix) = (configuration, data, weights, prefix);
        (Batch, TokenRows, PredictedRows) = Pack();
    }

    /// <summary>The configuration as a definition takes it.</summary>
    public AlbertAttribute Configuration { get; }

    /// <summary>The attended tokens, packed.</summary>
    public TokenBatch Batch { get; }

    /// <summary>For each packed token its row in the padded outputs.</summary>
    public int[] TokenRows { get; }

    /// <summary>For each predicted position its row in the padded outputs.</summary>
    public int[] PredictedRows { get; }

    /// <summary>The folder that the golden files lie in.</summary>
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "golden");

    /// <summary>One of a_tiny, b_groups, e_odd.</summary>
    public static Golden Open(string name) => new(
        Configure(Manifest(name).GetProperty("config")),
        OpenTensors(name, "golden.safetensors"), OpenTensors(name, "model.safetensors"), "");

    /// <summary>One of the sharing modes whose tensors are kept: E16_attn, E32_ffn.</summary>
    public static Golden OpenSharing(string name)
    {
        var tensors = OpenTensors("h_sharing", $"{name}.safetensors");
        return new(ConfigureSharing(SharingCases().Single(c => c.GetProperty("name").GetString() == name)), tensors, tensors, "param.");
    }

    /// <summary>All golden cases with tensors, by the name that <see cref="OpenAny"/> takes.</summary>
    public static TheoryData<string> Names => ["a_tiny", "b_groups", "e_odd", "E16_attn", "E32_ffn"];

    /// <summary>Opens any of <see cref="Names"/>.</summary>
    public static Golden OpenAny(string name) => name[0] == 'E' ? OpenSharing(name) : Open(name);

    /// <summary>The cases of h_sharing in its manifest.</summary>
    public static IEnumerable<JsonElement> SharingCases() => Manifest("h_sharing").GetProperty("cases").EnumerateArray();

    /// <summary>The configuration of a case of h_sharing.</summary>
    public static AlbertAttribute ConfigureSharing(JsonElement sharing)
    {
        var c = Configure(Manifest("h_sharing").GetProperty("config"));
        c.Groups = 1;
        c.Embedding = sharing.GetProperty("embedding_size").GetInt32();
        c.AlwaysMap = sharing.GetProperty("mapping").GetBoolean();
        c.Sharing = sharing.GetProperty("mode").GetString() switch
        {
            "all" => Sharing.All,
            "attn" => Sharing.Attention,
            "ffn" => Sharing.FeedForward,
            _ => Sharing.None,
        };
        return c;
    }

    /// <summary>A folder's manifest.</summary>
    public static JsonElement Manifest(string name) => Json(name, "manifest.json");

    /// <summary>A JSON file of the golden data.</summary>
    public static JsonElement Json(params string[] path) => JsonDocument.Parse(File.ReadAllBytes(Path.Combine([Folder, .. path]))).RootElement;

    /// <summary>A file of tensors of the golden data.</summary>
    public static Safetensors OpenTensors(params string[] path) => Safetensors.Open(Path.Combine([Folder, .. path]));

    /// <summary>The definition with this case's weights.</summary>
    public AlbertGraph Graph()
    {
        var graph = new AlbertGraph(Configuration);
        foreach (var p in graph.Parameters) Weight(p.Name).CopyTo(p.Tensor.Values, 0);
        return graph;
    }

    /// <summary>A weight's values, row-major.</summary>
    public double[] Weight(string name) => weights.ReadDoubles(prefix + name);

    /// <summary>A scalar output: loss, mlm_loss, sop_loss.</summary>
    public double Scalar(string name) => data.ReadDoubles($"out.{name}").Single();

    /// <summary>An output [sequences, ·], row-major.</summary>
    public double[] Output(string name) => data.ReadDoubles($"out.{name}");

    /// <summary>An output [sequences, length, ·] at the given rows: <see cref="TokenRows"/> or <see cref="PredictedRows"/>.</summary>
    public double[] Output(string name, int[] rows)
    {
        int columns = (int)data[$"out.{name}"].Shape[^1];
        var values = Output(name);
        return [.. rows.SelectMany(r => values.AsSpan(r * columns, columns).ToArray())];
    }

    /// <summary>
    /// The gradient of the loss. The reference framework drops the lookup's gradient of row 0 of the word table; where that
    /// matters, the file has the complete one as well, and this is it.
    /// </summary>
    public double[] Gradient(string name) => data.ReadDoubles(data.Contains($"grad_nopad.{name}") ? $"grad_nopad.{name}" : $"grad.{name}");

    public void Dispose()
    {
        data.Dispose();
        weights.Dispose();
    }

    static AlbertAttribute Configure(JsonElement c) => new()
    {
        Vocabulary = c.GetProperty("vocab_size").GetInt32(),
        Embedding = c.GetProperty("embedding_size").GetInt32(),
        Hidden = c.GetProperty("hidden_size").GetInt32(),
        Layers = c.GetProperty("num_hidden_layers").GetInt32(),
        Groups = c.GetProperty("num_hidden_groups").GetInt32(),
        InnerLayers = c.GetProperty("inner_group_num").GetInt32(),
        Heads = c.GetProperty("num_attention_heads").GetInt32(),
        Intermediate = c.GetProperty("intermediate_size").GetInt32(),
        Positions = c.GetProperty("max_position_embeddings").GetInt32(),
        Segments = c.GetProperty("type_vocab_size").GetInt32(),
    };

    (TokenBatch Batch, int[] TokenRows, int[] PredictedRows) Pack()
    {
        int[] Integers(string name) => Array.ConvertAll(data.ReadIntegers($"in.{name}"), v => (int)v);
        int[] ids = Integers("input_ids"), mask = Integers("attention_mask"), segments = Integers("token_type_ids");
        int[] labels = Integers("labels"), order = Integers("sentence_order_label");
        int length = (int)data["in.input_ids"].Shape[1];
        var batch = new TokenBatch(new Capacity(ids.Length, order.Length, ids.Length));
        List<int> tokenRows = [], predictedRows = [];
        for (int s = 0; s < order.Length; s++)
        {
            int[] attended = [.. Enumerable.Range(s * length, length).Where(i => mask[i] == 1)];
            int[] predicted = [.. Enumerable.Range(0, attended.Length).Where(k => labels[attended[k]] >= 0)];
            batch.Add(
                [.. attended.Select(i => ids[i])], [.. attended.Select(i => segments[i])],
                predicted, [.. predicted.Select(k => labels[attended[k]])], order[s]);

            // A mask with holes keeps the positions of the padded layout.
            for (int k = 0; k < attended.Length; k++) batch.Positions.Buffer[tokenRows.Count + k] = attended[k] - s * length;
            tokenRows.AddRange(attended);
            predictedRows.AddRange(predicted.Select(k => attended[k]));
        }

        return (batch, [.. tokenRows], [.. predictedRows]);
    }
}
