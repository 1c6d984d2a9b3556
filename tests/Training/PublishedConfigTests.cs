using System.Text;
using System.Text.Json.Nodes;
using AlbertCompiled.Commands;
using AlbertCompiled.Models;
using AlbertCompiled.Tests.Infrastructure;
using AlbertCompiled.Training;

namespace AlbertCompiled.Tests;

/// <summary>From a published config.json to a declaration: what it says is compiled, and what cannot be is refused by the field's name.</summary>
public class PublishedConfigTests
{
    // albert-base-v2 as published
    const string BaseV2 = """
        {
          "architectures": ["AlbertForMaskedLM"], "attention_probs_dropout_prob": 0, "bos_token_id": 2, "classifier_dropout_prob": 0.1, "down_scale_factor": 1,
          "embedding_size": 128, "eos_token_id": 3, "gap_size": 0, "hidden_act": "gelu_new", "hidden_dropout_prob": 0, "hidden_size": 768, "initializer_range": 0.02,
          "inner_group_num": 1, "intermediate_size": 3072, "layer_norm_eps": 1e-12, "max_position_embeddings": 512, "model_type": "albert", "net_structure_type": 0,
          "num_attention_heads": 12, "num_hidden_groups": 1, "num_hidden_layers": 12, "num_memory_blocks": 0, "pad_token_id": 0, "type_vocab_size": 2, "vocab_size": 30000
        }
        """;

    // bert-base-uncased as published
    const string Bert = """
        {
          "architectures": ["BertForMaskedLM"], "attention_probs_dropout_prob": 0.1, "gradient_checkpointing": false, "hidden_act": "gelu", "hidden_dropout_prob": 0.1,
          "hidden_size": 768, "initializer_range": 0.02, "intermediate_size": 3072, "layer_norm_eps": 1e-12, "max_position_embeddings": 512, "model_type": "bert",
          "num_attention_heads": 12, "num_hidden_layers": 12, "pad_token_id": 0, "position_embedding_type": "absolute", "transformers_version": "4.6.0.dev0",
          "type_vocab_size": 2, "use_cache": true, "vocab_size": 30522
        }
        """;

    /// <summary>The published sizes: name, hidden, layers, heads, version, and the model that computes it.</summary>
    public static TheoryData<string, int, int, int, int> Published => new()
    {
        { nameof(AlbertBase), 768, 12, 12, 2 }, { nameof(AlbertLarge), 1024, 24, 16, 2 }, { nameof(AlbertXLargeV2), 2048, 24, 16, 2 }, { nameof(AlbertXXLarge), 4096, 12, 64, 2 },
        { nameof(AlbertBaseV1), 768, 12, 12, 1 }, { nameof(AlbertLargeV1), 1024, 24, 16, 1 }, { nameof(AlbertXLargeV1), 2048, 24, 16, 1 }, { nameof(AlbertXXLargeV1), 4096, 12, 64, 1 },
    };

    [Theory, MemberData(nameof(Published))]
    public void Every_published_size_has_its_compiled_model(string model, int hidden, int layers, int heads, int version)
    {
        var config = Parse(Change(BaseV2, c =>
        {
            (c["hidden_size"], c["intermediate_size"], c["num_hidden_layers"], c["num_attention_heads"]) = (hidden, 4 * hidden, layers, heads);
            if (version == 1) c["hidden_act"] = "gelu";
            if (version == 1 && hidden < 4096) (c["hidden_dropout_prob"], c["attention_probs_dropout_prob"]) = (0.1, 0.1);
        }));
        var found = ModelRegistry.Zoo.Fitting(config).First().Description;
        Assert.Equal(model, found.Name);
        Assert.Empty(config.Differences(found, ofTraining: true));
        Assert.Empty(PublishedConfig.Of(found, out _)!.Differences(found));
    }

    [Fact]
    public void Bert_has_its_compiled_model() => Assert.Equal(nameof(BertBase), ModelRegistry.Zoo.Fitting(Parse(Bert)).First().Description.Name);

    [Fact]
    public void A_declaration_says_what_the_configuration_says()
    {
        Assert.Equal("""
            [Albert(
                Vocabulary = 30_000, Embedding = 128, Hidden = 768, Layers = 12, Heads = 12, Intermediate = 3072, Positions = 512)]
            [Pretraining]
            public sealed partial class MyAlbert;
            """, ModelDeclaration.Of(Parse(BaseV2), "MyAlbert"));
        Assert.Equal("""
            [Albert(
                Vocabulary = 30_000, Embedding = 768, Hidden = 768, Layers = 12, Groups = 3, InnerLayers = 2, Heads = 12,
                Intermediate = 3072, Positions = 512, Segments = 1, Activation = Activation.GeluErf, Dropout = 0.1,
                AttentionDropout = 0.25, LayerNormEpsilon = 1e-05, Deviation = 0.01, AlwaysMap = true)]
            [Classification(labels: 3)]
            public sealed partial class Wide;
            """, ModelDeclaration.Of(Parse(Wide), "Wide"));
        Assert.StartsWith("[Bert(\n    Vocabulary = 30_522, Hidden = 768, Layers = 12, Heads = 12, Intermediate = 3072, Positions = 512)]", ModelDeclaration.Of(Parse(Bert), "B"));
    }

    static string Wide => Change(BaseV2, c =>
    {
        (c["embedding_size"], c["num_hidden_groups"], c["inner_group_num"], c["type_vocab_size"], c["hidden_act"]) = (768, 3, 2, 1, "gelu");
        (c["hidden_dropout_prob"], c["attention_probs_dropout_prob"], c["layer_norm_eps"], c["initializer_range"]) = (0.1, 0.25, 1e-5, 0.01);
        (c["architectures"], c["id2label"]) = (new JsonArray("AlbertForSequenceClassification"), new JsonObject { ["0"] = "no", ["1"] = "yes", ["2"] = "?" });
    });

    [Fact]
    public void A_declaration_compiles_to_a_model_that_computes_the_configuration()
    {
        string[] configs = [Change(Wide, c => (c["vocab_size"], c["hidden_size"], c["embedding_size"], c["intermediate_size"]) = (50, 24, 24, 40)), Change(Bert, c => (c["vocab_size"], c["architectures"]) = (50, new JsonArray("BertModel")))];
        for (int i = 0; i < configs.Length; i++)
        {
            var config = Parse(configs[i]);
            var result = GeneratorHarness.Run(GeneratorHarness.Compilation($"{ModelDeclaration.Usings}\n{ModelDeclaration.Of(config, "Declared")}"));
            Assert.Empty(result.Diagnostics);
            string description = Assert.Single(result.GeneratedSources, s => s.HintName.EndsWith("Declared.Description.g.cs")).SourceText.ToString();
            foreach (var (property, value) in config.Properties.Where(p => !p.Value.Contains("Gelu") && !p.Value.Contains('E'))) Assert.Contains($"(\"{property}\", \"{value}\")", description);
            Assert.Contains(i == 0 ? "(\"Activation\", \"Activation.GeluErf\")" : "bert.pooler.dense.weight", description);
        }
    }

    [Fact]
    public void The_defaults_left_out_are_those_of_the_attributes()
    {
        static string Shown(object? value) => value switch { bool b => b ? "true" : "false", IFormattable f => f.ToString(null, System.Globalization.CultureInfo.InvariantCulture), _ => $"{value}" };
        foreach (var (attribute, json) in ((object, string)[])[(new AlbertAttribute(), BaseV2), (new BertAttribute(), Bert)])
        {
            string declared = ModelDeclaration.Of(Parse(json), "X");
            foreach (var (property, value) in Parse(json).Properties)
                if (!declared.Contains($"{property} = ")) Assert.Equal((property, value), (property, Shown(attribute.GetType().GetProperty(property)!.GetValue(attribute))));
        }
    }

    /// <summary>A field, its value in JSON, and what the refusal says.</summary>
    public static TheoryData<string, string, string> Refused => new()
    {
        { "net_structure_type", "1", "net_structure_type is 1, not 0: nothing else is compiled" },
        { "down_scale_factor", "4", "down_scale_factor is 4, not 1" },
        { "gap_size", "2", "gap_size is 2" },
        { "gap_size", "1e99999999999", "gap_size is 1e99999999999" },
        { "num_memory_blocks", "1", "num_memory_blocks is 1" },
        { "position_embedding_type", "\"relative_key\"", "position_embedding_type is \"relative_key\", not \"absolute\"" },
        { "tie_word_embeddings", "false", "tie_word_embeddings is false, not true" },
        { "is_decoder", "true", "is_decoder is true" },
        { "pruned_heads", """{"0":[1]}""", "pruned_heads is {\"0\":[1]}" },
        { "hidden_act", "\"relu\"", "hidden_act is \"relu\", not gelu_new or gelu_pytorch_tanh or gelu" },
        { "hidden_act", "7", "hidden_act is 7" },
        { "vocab_size", "0", "vocab_size is 0, not a whole number from 1" },
        { "vocab_size", "1.5", "vocab_size is 1.5" },
        { "vocab_size", "null", "vocab_size is null" },
        { "vocab_size", "99999999999", "vocab_size is 99999999999" },
        { "hidden_dropout_prob", "1", "hidden_dropout_prob is 1, not a number from 0 to below 1" },
        { "layer_norm_eps", "-1", "layer_norm_eps is -1" },
        { "num_attention_heads", "7", "num_attention_heads is 7, which does not divide hidden_size, 768" },
        { "num_hidden_groups", "13", "num_hidden_groups is 13, more than the 12 layers" },
        { "model_type", "\"roberta\"", "model_type is \"roberta\", not albert or bert" },
        { "model_type", "7", "model_type is 7" },
        { "architectures", "[\"AlbertForQuestionAnswering\"]", "architectures is [\"AlbertForQuestionAnswering\"], not AlbertForPreTraining or" },
        { "architectures", "[]", "architectures is [], not a list of one name" },
        { "sparsity", "0.5", "the field sparsity is unknown" },
    };

    [Theory, MemberData(nameof(Refused))]
    public void What_is_not_compiled_is_refused_by_name(string field, string value, string message) =>
        Assert.Contains(message, Assert.Throws<InvalidDataException>(() => Parse(Change(BaseV2, c => c[field] = JsonNode.Parse(value)))).Message);

    [Theory]
    [InlineData("\"regression\"", 3, "problem_type is \"regression\", not \"single_label_classification\"")]
    [InlineData("\"multi_label_classification\"", 3, "problem_type is \"multi_label_classification\"")]
    [InlineData("null", 1, "it has one label, as a regression has")]
    [InlineData("\"single_label_classification\"", 3, null)]
    public void A_classifier_chooses_one_of_several(string problem, int labels, string? message)
    {
        string[] names = ["a", "b", "c"];
        string json = Change(BaseV2, c => (c["architectures"], c["problem_type"], c["id2label"]) =
            (new JsonArray("AlbertForSequenceClassification"), JsonNode.Parse(problem), new JsonObject(Enumerable.Range(0, labels).Select(i => KeyValuePair.Create($"{i}", (JsonNode?)names[i])))));
        var config = Parse(json);      // the encoder can be had in any case
        Assert.Equal(labels, config.Labels);
        Assert.Equal(message is null ? names : null, config.LabelNames);
        if (message is null) Assert.Equal("classify", config.Head());
        else Assert.Contains(message, Assert.Throws<TrainingException>(() => config.Head()).Message);
    }

    [Theory]
    [InlineData("", "is not JSON")]
    [InlineData("[]", "is not a JSON object")]
    [InlineData("""{"model_type":"albert","vocab_size":1,"vocab_size":2}""", "is not JSON")]
    [InlineData("""{"model_type":"\ud800"}""", "text that is not Unicode")]
    [InlineData("""{"hidden_act":"gelu"}""", "there is no model_type, which must be albert or bert. The original ALBERT's files have none: add")]
    public void What_is_no_configuration_is_refused(string json, string message) => Assert.Contains(message, Assert.Throws<InvalidDataException>(() => Parse(json)).Message);

    [Fact]
    public void Groups_that_floating_point_shares_otherwise_are_refused()
    {
        string Groups(int layers, int groups) => Change(BaseV2, c => (c["num_hidden_layers"], c["num_hidden_groups"]) = (layers, groups));
        Parse(Groups(22, 22));
        Parse(Groups(12, 5));
        Assert.Contains("num_hidden_groups is 14: with 18 layers, rounding puts layer 9", Assert.Throws<InvalidDataException>(() => Parse(Groups(18, 14))).Message);
        var compiled = AlbertBase.Compiled;
        compiled = compiled with { Configuration = [.. compiled.Configuration.Select(p => p.Name switch { "Layers" => (p.Name, "18"), "Groups" => (p.Name, "14"), _ => p })] };
        Assert.Null(PublishedConfig.Of(compiled, out string reason));
        Assert.Contains("num_hidden_groups is 14", reason);
    }

    [Fact]
    public void A_field_that_is_missing_has_the_format_s_default()
    {
        var config = Parse("""{"model_type":"albert"}""");
        Assert.Equal(("AlbertForPreTraining", "4096", "64", "GeluTanh"), (config.Class, config.Properties["Hidden"], config.Properties["Heads"], config.Properties["Activation"]));
        Assert.Equal(nameof(AlbertXXLarge), ModelRegistry.Zoo.Fitting(config).First().Description.Name);
    }

    [Theory]
    [InlineData("albert-base-v2", "AlbertBaseV2")]
    [InlineData("my_model.final", "MyModelFinal")]
    [InlineData("2020", "MyAlbert")]
    [InlineData("", "MyAlbert")]
    public void A_folder_gives_a_type_its_name(string folder, string name) => Assert.Equal(name, ModelDeclaration.NameOf(folder));

    [Theory]
    [InlineData("class")]
    [InlineData("My-Albert")]
    [InlineData("A; class B")]
    [InlineData("A\n")]
    public void A_name_that_is_none_for_a_type_is_refused(string name) => Assert.Contains("is no name for a type", Assert.Throws<TrainingException>(() => ModelDeclaration.Of(Parse(BaseV2), name)).Message);

    static PublishedConfig Parse(string json) => PublishedConfig.Parse(Encoding.UTF8.GetBytes(json));

    static string Change(string json, Action<JsonObject> change)
    {
        var node = JsonNode.Parse(json)!.AsObject();
        change(node);
        return node.ToJsonString();
    }
}
