using System.Reflection;
using System.Text.Json;
using AlbertCompiled.Models;

namespace AlbertCompiled.Tests.Models;

/// <summary>Exact parameter counts and names, without the memory that the parameters would take.</summary>
public class ParameterCountTests
{
    static readonly JsonElement Counts = Golden.Json("i_params", "param_counts.json");

    public static TheoryData<string, string> Alberts => new()
    {
        { nameof(AlbertBase), "base" }, { nameof(AlbertLarge), "large" }, { nameof(AlbertXLarge), "xlarge" }, { nameof(AlbertXXLarge), "xxlarge" },
    };

    public static TheoryData<string, string> Berts => new() { { nameof(BertBase), "base_V30522" }, { nameof(BertLarge), "large_V30522" } };

    public static TheoryData<string> Sharings => [.. Golden.SharingCases().Select(c => c.GetProperty("name").GetString()!)];

    [Theory, MemberData(nameof(Alberts))]
    public void Albert(string type, string key)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        var graph = new AlbertGraph(Zoo<AlbertAttribute>(type));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        var expected = Counts.GetProperty("albert").GetProperty(key);
        Assert.Equal(Count(expected, "embeddings"), Sum(graph, "albert.embeddings."));
        Assert.Equal(Count(expected, "embedding_hidden_mapping_in"), Sum(graph, "albert.encoder.embedding_hidden_mapping_in."));
        Assert.Equal(Count(expected, "attention_blocks"), Sum(graph, ".attention."));
        Assert.Equal(Count(expected, "ffn_blocks"), Sum(graph, ".ffn") + Sum(graph, ".full_layer_layer_norm."));
        Assert.Equal(Count(expected, "pooler"), Sum(graph, "albert.pooler."));
        Assert.Equal(Count(expected, "mlm_head"), Sum(graph, "predictions."));
        Assert.Equal(Count(expected, "sop_or_nsp_head"), Sum(graph, "sop_classifier."));
        Assert.Equal(Count(expected, "pretraining_total"), graph.ParameterCount);
    }

    [Theory, MemberData(nameof(Berts))]
    public void Bert(string type, string key)
    {
        var graph = new BertGraph(Zoo<BertAttribute>(type));
        var expected = Counts.GetProperty("bert").GetProperty(key);
        Assert.Equal(Count(expected, "embeddings"), Sum(graph, "bert.embeddings."));
        Assert.Equal(Count(expected, "encoder_no_pooler"), Sum(graph, "bert.embeddings.") + Sum(graph, "bert.encoder."));
        Assert.Equal(Count(expected, "mlm_head"), Sum(graph, "cls.predictions."));
        Assert.Equal(Count(expected, "pretraining_total"), graph.ParameterCount);
    }

    [Fact]
    public void Embedding_sizes_and_sharing_modes_of_tables_3_and_4()
    {
        int cases = 0;
        foreach (var entry in Counts.GetProperty("table4_table3_base").EnumerateObject())
        {
            string[] parts = entry.Name.Split('_');
            var c = new AlbertAttribute { Embedding = int.Parse(parts[0][1..]), Sharing = Mode(parts[1]) };
            Assert.Equal((entry.Name, Count(entry.Value, "pretraining_total")), (entry.Name, new AlbertGraph(c).ParameterCount));
            c.AlwaysMap = true;
            long forced = Count(entry.Value, "encoder_plus_pooler_with_mapping_forced_HF") - Count(entry.Value, "encoder_plus_pooler");
            Assert.Equal((entry.Name, Count(entry.Value, "pretraining_total") + forced), (entry.Name, new AlbertGraph(c).ParameterCount));
            cases++;
        }

        Assert.Equal(12, cases);
    }

    [Theory, MemberData(nameof(Sharings))]
    public void Names_of_shared_and_unshared_weights(string name)
    {
        var sharing = Golden.SharingCases().Single(c => c.GetProperty("name").GetString() == name);
        var graph = new AlbertGraph(Golden.ConfigureSharing(sharing));
        Assert.Equal(sharing.GetProperty("unique_param_names").EnumerateArray().Select(n => n.GetString()).Order(), graph.Parameters.Select(p => p.Name).Order());
        Assert.Equal(Count(sharing, "num_params"), graph.ParameterCount);
    }

    [Theory]
    [InlineData("a_tiny")]
    [InlineData("b_groups")]
    [InlineData("e_odd")]
    public void Checkpoint_names_and_shapes(string name)
    {
        using var golden = Golden.Open(name);
        using var file = Golden.OpenTensors(name, "model.safetensors");
        var graph = new AlbertGraph(golden.Configuration);
        Assert.Equal(file.Entries.Select(e => e.Name).Order(), graph.Parameters.Select(p => p.Name).Order());
        foreach (var p in graph.Parameters)
            Assert.Equal(file[p.Name].Shape, p.IsVector ? [p.Columns] : [p.Rows, p.Columns]);
    }

    [Fact]
    public void Vectors_are_biases_and_norms()
    {
        var graph = new AlbertGraph(new AlbertAttribute());
        foreach (var p in graph.Parameters)
            Assert.Equal(p.Name.Contains("LayerNorm") || p.Name.Contains("layer_norm") || p.Name.Contains("bias"), p.IsVector);
    }

    [Fact]
    public void The_tiny_one_is_the_recipe_of_the_demonstration()
    {
        var graph = new AlbertGraph(Zoo<AlbertAttribute>(nameof(AlbertTiny)));
        Assert.Equal((128, 128), (graph["albert.encoder.embedding_hidden_mapping_in.weight"].Rows, graph["albert.encoder.embedding_hidden_mapping_in.weight"].Columns));
        Assert.InRange(graph.ParameterCount, 1_250_000, 1_400_000);
        Assert.Equal(0.05 * Math.Sqrt(2), graph["albert.embeddings.position_embeddings.weight"].Tensor.Values.Max(), 1e-6);
    }

    static T Zoo<T>(string type) where T : Attribute => typeof(AlbertBase).Assembly.GetType($"AlbertCompiled.Models.{type}")!.GetCustomAttribute<T>()!;

    static long Count(JsonElement e, string name) => e.GetProperty(name).GetInt64();

    static long Sum(ModelGraph graph, string part) =>
        graph.Parameters.Where(p => part[0] == '.' ? p.Name.Contains(part) : p.Name.StartsWith(part)).Sum(p => p.Length);

    static Sharing Mode(string name) => name switch { "all" => Sharing.All, "attn" => Sharing.Attention, "ffn" => Sharing.FeedForward, _ => Sharing.None };
}
