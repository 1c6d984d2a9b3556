using System.Text;
using System.Text.Json.Nodes;
using AlbertCompiled.Tests.Language;
using AlbertCompiled.Tests.Numbers;
using AlbertCompiled.Training;

namespace AlbertCompiled.Tests;

/// <summary>Published folders: every variant loads, what is saved is what the reference would load, and what is wrong is told in one line.</summary>
public sealed class PublishedFolderTests : IDisposable
{
    static readonly Capacity Capacity = new(256, 16);

    readonly TemporaryFolder folder = new();
    readonly Device device = CompiledModels.Open("cpu");

    public void Dispose()
    {
        device.Dispose();
        folder.Dispose();
    }

    public static TheoryData<bool, bool, ElementType, int, bool> Variants
    {
        get
        {
            var data = new TheoryData<bool, bool, ElementType, int, bool>();
            foreach (bool heads in (bool[])[true, false])
                foreach (bool prefix in heads ? (bool[])[true] : [true, false])
                    foreach (var type in (ElementType[])[ElementType.F32, ElementType.F16, ElementType.BF16])
                        foreach (int shards in (int[])[1, 3])
                            foreach (bool old in (bool[])[false, true]) data.Add(prefix, heads, type, shards, old);
            return data;
        }
    }

    [Theory, MemberData(nameof(Variants))]
    public void Every_variant_loads(bool prefix, bool heads, ElementType type, int shards, bool old)
    {
        string path = PublishedFiles.Write(folder, "a_tiny", new(prefix, heads, type, shards, old));
        using var golden = Golden.Open("a_tiny");
        using var model = GoldenTiny.Create(device, Capacity, seed: 5);
        float[] untouched = model.Parameters.Read("predictions.dense.weight");
        var match = PublishedFolder.Open(path).Load(model);
        Assert.Equal(heads ? [] : ["predictions.", "sop_classifier."], match.Missing.Select(n => n[..(n.IndexOf('.') + 1)]).Distinct());
        Assert.Empty(match.Unused);
        foreach (string name in match.Loaded)
            Assert.Equal(golden.Weight(name).ToFloats().Select(v => PublishedFiles.Rounded(v, type)), model.Parameters.Read(name));
        if (!heads) Assert.Equal(untouched, model.Parameters.Read("predictions.dense.weight"));
    }

    [Theory]
    [InlineData(1, float.NaN, "NaN")]
    [InlineData(3, float.PositiveInfinity, "Infinity")]
    public void Weights_that_are_no_numbers_are_refused_with_tensor_and_file(int shards, float value, string told)
    {
        const string Name = "albert.pooler.weight";
        string path = PublishedFiles.Write(folder, "a_tiny", new(Shards: shards));
        string file = Directory.GetFiles(path, "*.safetensors").Single(f => Read(f, s => s.Contains(Name)));
        var tensors = Read(file, s => s.Entries.Select(e => new SafetensorsSource(e.Name, e.Shape, Values(s, e.Name))).ToList());
        Safetensors.Write(file, tensors, new Dictionary<string, string> { ["format"] = "pt" });
        using var model = GoldenTiny.Create(device, Capacity, seed: 5);
        string message = Assert.Throws<TrainingException>(() => PublishedFolder.Open(path).Load(model)).Message;
        Assert.StartsWith($"{file}: {Name} holds {told} in place 17, no number, ", message);

        Func<Array> Values(Safetensors s, string name)
        {
            float[] values = s.ReadSingles(name);
            if (name == Name) values[17] = value;
            return () => values;
        }

        static T Read<T>(string file, Func<Safetensors, T> read)
        {
            using var opened = Safetensors.Open(file);
            return read(opened);
        }
    }

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("spiece.model")]
    public void A_pointer_in_the_place_of_a_large_file_is_told(string name)
    {
        string path = PublishedFiles.Write(folder, "a_tiny"), file = Path.Combine(path, name);
        File.WriteAllText(file, "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n");
        var published = PublishedFolder.Open(path);
        string message = Assert.Throws<TrainingException>(() => name == "spiece.model" ? (object)published.OpenVocabulary() : published.OpenWeights()).Message;
        Assert.StartsWith("cannot read ", message);
        Assert.EndsWith($"{file}: it is a pointer of Git LFS, not the file: run git lfs pull in its repository", message);
    }

    [Fact]
    public void A_value_that_is_no_number_is_found_wherever_it_stands()
    {
        float[] values = [.. Enumerable.Range(0, 37).Select(i => i % 2 == 0 ? float.MaxValue : -float.Epsilon)];
        Assert.Equal(-1, Elements.FirstNotFinite(values));
        Assert.Equal(-1, Elements.FirstNotFinite([]));
        foreach (float other in (float[])[float.NaN, float.PositiveInfinity, float.NegativeInfinity])
            for (int at = 0; at < values.Length; at++)
            {
                float[] with = [.. values];
                (with[at], with[^1]) = (other, at == values.Length - 1 ? other : float.NaN);
                Assert.Equal(at, Elements.FirstNotFinite(with));
            }
    }

    [Theory]
    [InlineData("a_tiny")]
    [InlineData("b_groups")]
    [InlineData("e_odd")]
    public void A_published_model_computes_what_the_reference_does(string name)
    {
        using var golden = Golden.Open(name);
        using CompiledModel model = name switch
        {
            "a_tiny" => GoldenTiny.Create(device, golden.Batch.Capacity),
            "b_groups" => GoldenGroups.Create(device, golden.Batch.Capacity),
            _ => GoldenOdd.Create(device, golden.Batch.Capacity),
        };
        Assert.Equal($"{model.Description.Parameters.Length} weights loaded; none missing; none not used", PublishedFolder.Open(PublishedFiles.Write(folder, name, new(Shards: 2))).Load(model).ToString());
        model.Predict(golden.Batch);
        Close.Assert(golden.Output("prediction_logits", golden.PredictedRows), model.Output("logits", golden.Batch), 2e-5, 0, "logits");
        Close.Assert(golden.Output("sop_logits"), model.Output("order", golden.Batch), 2e-5, 0, "order");
    }

    [Theory]
    [InlineData(ElementType.F32)]
    [InlineData(ElementType.BF16)]
    [InlineData(ElementType.F16)]
    public void What_is_saved_is_what_the_reference_published(ElementType type)
    {
        string path = PublishedFiles.Write(folder, "b_groups");
        var published = PublishedFolder.Open(path);
        using var model = GoldenGroups.Create(device, Capacity);
        published.Load(model);
        model.SavePublished(published.OpenVocabulary(), folder["saved"], type);
        Assert.Equal(["config.json", "model.safetensors", "spiece.model", "tokenizer_config.json"], Directory.GetFiles(folder["saved"]).Select(Path.GetFileName).Order());
        Assert.False(Directory.Exists(folder["saved.tmp"]));

        using var reference = Golden.OpenTensors("b_groups", "model.safetensors");
        using var saved = Safetensors.Open(folder["saved/model.safetensors"]);
        Assert.Equal("pt", saved.Metadata["format"]); // the port refuses a file without
        Assert.Equal(reference.Entries.Select(e => e.Name).Order(), saved.Entries.Select(e => e.Name).Order());
        foreach (var entry in reference.Entries)
        {
            Assert.Equal((entry.Name, type), (entry.Name, saved[entry.Name].Type));
            Assert.Equal(entry.Shape, saved[entry.Name].Shape);
            Assert.Equal(reference.ReadSingles(entry.Name).Select(v => PublishedFiles.Rounded(v, type)), saved.ReadSingles(entry.Name));
        }

        JsonObject expected = Json("published/config.json"), found = Json("saved/config.json");
        foreach (var (field, value) in found)
            if (expected.TryGetPropertyValue(field, out var node)) Assert.True(JsonNode.DeepEquals(node, value), $"{field}: {value}");
        Assert.Equal(["tie_word_embeddings", "torch_dtype"], found.Select(f => f.Key).Except(expected.Select(f => f.Key)).Order());
        Assert.Equal(["num_labels", "position_embedding_type"], expected.Select(f => f.Key).Except(found.Select(f => f.Key)).Order());
        Assert.Equal(type switch { ElementType.F32 => "float32", ElementType.F16 => "float16", _ => "bfloat16" }, (string)found["torch_dtype"]!);
        Assert.Equal("AlbertTokenizer", (string)Json("saved/tokenizer_config.json")["tokenizer_class"]!);
        Assert.Equal(File.ReadAllBytes(Path.Combine(path, "spiece.model")), File.ReadAllBytes(folder["saved/spiece.model"]));
        using var again = GoldenGroups.Create(device, Capacity, seed: 9);
        Assert.Empty(PublishedFolder.Open(folder["saved"]).Load(again).Missing);
    }

    [Fact]
    public void An_encoder_is_saved_without_prefix_and_a_classifier_with_its_labels()
    {
        var vocabulary = Pieces(37);
        using var encoder = OddEncoder.Create(device, Capacity);
        encoder.SavePublished(vocabulary, folder["encoder"]);
        Assert.Equal("AlbertModel", (string)Json("encoder/config.json")["architectures"]![0]!);
        using (var saved = Safetensors.Open(folder["encoder/model.safetensors"]))
            Assert.Equal(encoder.Description.Parameters.Select(p => p.Name["albert.".Length..]), saved.Entries.Select(e => e.Name));

        using var classifier = OddClassifier.Create(device, Capacity, seed: 7);
        classifier.SavePublished(vocabulary, folder["classifier"]);
        var published = PublishedFolder.Open(folder["classifier"]);
        Assert.Equal(("AlbertForSequenceClassification", 5), (published.Config.Class, published.Config.Labels));
        Assert.Equal("LABEL_4", (string)Json("classifier/config.json")["id2label"]!["4"]!);
        Assert.Empty(published.Config.Differences(encoder.Description)); // the encoder inside is the same
        Assert.Equal("2 not used: classifier.weight, classifier.bias", published.Load(encoder).ToString().Split("; ")[^1]);
        Assert.Equal(classifier.Parameters.Read("albert.pooler.weight"), encoder.Parameters.Read("albert.pooler.weight"));
    }

    [Fact]
    public void A_classifier_comes_back_with_its_head()
    {
        using OddClassifier saved = OddClassifier.Create(device, Capacity, seed: 7), loaded = OddClassifier.Create(device, Capacity, seed: 8), whole = OddClassifier.Create(device, Capacity, seed: 9);
        saved.SavePublished(Pieces(37), folder["three"], labels: new(["a", "b", "c"]));
        var published = PublishedFolder.Open(folder["three"]);
        Assert.Equal(["a", "b", "c"], published.Config.LabelNames!);
        Assert.Equal($"{saved.Description.Parameters.Length} weights loaded; none missing; none not used", published.LoadClassifier(loaded).ToString());
        UnusedClasses.Silence(saved, 3);
        foreach (var p in saved.Description.Parameters) Assert.Equal(saved.Parameters.Read(p.Name), loaded.Parameters.Read(p.Name));

        loaded.SavePublished(Pieces(37), folder["five"]);
        PublishedFolder.Open(folder["five"]).LoadClassifier(whole);
        Assert.Equal(loaded.Parameters.Read("classifier.weight"), whole.Parameters.Read("classifier.weight"));

        float[] before = whole.Parameters.Read("albert.pooler.weight");
        Rewrite(folder["three"], rename: name => name == "classifier.bias" ? "other.bias" : name);
        Fails(() => published.LoadClassifier(whole), "has no classifier.bias of 3 classes");
        Assert.Equal(before, whole.Parameters.Read("albert.pooler.weight"));
    }

    [Theory]
    [InlineData("<unk>", "<pad>", "<unk>", "<pad>")]
    [InlineData("[UNK]", "<pad>", "[UNK]", "<pad>")]
    [InlineData("[UNK]", "[PAD]", "[UNK]", "[UNK]")]
    public void A_tokenizer_is_told_what_its_pieces_are_called(string unknown, string padding, string writtenUnknown, string writtenPadding)
    {
        byte[] bytes = PublishedFiles.Pieces(37);
        foreach (var (index, name) in new[] { (TestText.Vocabulary.Unknown, unknown), (TestText.Vocabulary.TryFind("<pad>")!.Value, padding) })
            Encoding.UTF8.GetBytes(name).CopyTo(bytes.AsSpan(bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(TestText.Vocabulary.Piece(index)))));
        File.WriteAllBytes(folder["odd.model"], bytes);
        using var encoder = OddEncoder.Create(device, Capacity);
        encoder.SavePublished(Vocabulary.Load(folder["odd.model"]), folder["encoder"]);
        var written = Json("encoder/tokenizer_config.json");
        Assert.Equal((writtenUnknown, writtenPadding), ((string)written["unk_token"]!, (string)written["pad_token"]!));
        Assert.False(Directory.Exists(folder["encoder.tmp"]));
    }

    [Fact]
    public void A_model_without_mapping_is_published_with_the_identity()
    {
        using var model = Square.Create(device, Capacity, seed: 3);
        model.SavePublished(Pieces(37), folder["square"]);
        using var mapped = SquareMapped.Create(device, Capacity, seed: 4);
        var published = PublishedFolder.Open(folder["square"]);
        Assert.Equal("AlwaysMap = false, not true", Assert.Single(published.Config.Differences(model.Description)));
        Assert.Empty(published.Load(mapped).Missing);
        var batch = Batches.Random(7, 37, 2, 5, 12, 1, 8, 11);
        model.Predict(batch);
        mapped.Predict(batch);
        Close.Assert(Array.ConvertAll(model.Output("hidden", batch), v => (double)v), mapped.Output("hidden", batch), 1e-6, 0, "hidden");
    }

    [Fact]
    public void Bert_loads_under_the_names_of_its_first_publication()
    {
        using var model = BertEncoderAndClassifier.Create(device, Capacity, seed: 3);
        model.SavePublished(Pieces(37), folder["bert"]);
        Assert.Equal(("bert", "gelu"), ((string)Json("bert/config.json")["model_type"]!, (string)Json("bert/config.json")["hidden_act"]!));
        using (var saved = Safetensors.Open(folder["bert/model.safetensors"]))
            Safetensors.Write(folder["old.safetensors"], saved.Entries.Select(e =>
                new SafetensorsSource(e.Name.Replace("LayerNorm.weight", "LayerNorm.gamma").Replace("LayerNorm.bias", "LayerNorm.beta"), e.Shape, () => saved.ReadSingles(e.Name))).ToList());
        File.Move(folder["old.safetensors"], folder["bert/model.safetensors"], overwrite: true);
        using var other = BertEncoderAndClassifier.Create(device, Capacity, seed: 4);
        Assert.Empty(PublishedFolder.Open(folder["bert"]).Load(other).Missing);
        foreach (var p in model.Description.Parameters) Assert.Equal(model.Parameters.Read(p.Name), other.Parameters.Read(p.Name));
    }

    [Fact]
    public void A_second_copy_that_differs_is_told_and_the_first_counts()
    {
        string path = PublishedFiles.Write(folder, "a_tiny", new(Old: true));
        Rewrite(path, (name, values) =>
        {
            if (name == "predictions.decoder.bias") values[0]++;
        });
        using var golden = Golden.Open("a_tiny");
        using var model = GoldenTiny.Create(device, Capacity);
        Assert.Equal(["predictions.decoder.bias"], PublishedFolder.Open(path).Load(model).Unused);
        Assert.Equal(golden.Weight("predictions.bias").ToFloats(), model.Parameters.Read("predictions.bias"));
    }

    [Fact]
    public void What_cannot_be_loaded_is_told_and_changes_nothing()
    {
        string path = PublishedFiles.Write(folder, "a_tiny");
        using var model = GoldenTiny.Create(device, Capacity, seed: 5);
        float[] before = model.Parameters.Read("albert.pooler.weight");
        using var odd = GoldenOdd.Create(device, Capacity);
        Fails(() => PublishedFolder.Open(path).Load(odd), "GoldenOdd does not compute what", "Vocabulary = 101, not 512", "Positions = 11, not 64");

        Rewrite(path, rename: name => name.EndsWith("ffn.bias") ? "albert.other" : name);
        Fails(() => PublishedFolder.Open(path).Load(model), "albert.encoder.albert_layer_groups.0.albert_layers.0.ffn.bias is missing");
        File.WriteAllBytes(Path.Combine(path, "model.safetensors"), [1, 2, 3]);
        Fails(() => PublishedFolder.Open(path).Load(model), "model.safetensors", "3 in all");
        File.Delete(Path.Combine(path, "model.safetensors"));
        Fails(() => PublishedFolder.Open(path).Load(model), "has no model.safetensors");
        File.WriteAllText(Path.Combine(path, "pytorch_model.bin"), "pickled");
        Fails(() => PublishedFolder.Open(path).Load(model), "pytorch_model.bin, which is not read", "transformers.AlbertForPreTraining.from_pretrained", "save_pretrained");
        File.WriteAllBytes(Path.Combine(path, "spiece.model"), PublishedFiles.Pieces(500));
        Assert.Equal(500, PublishedFolder.Open(path).OpenVocabulary().Size); // tables may have rows beyond it
        File.WriteAllBytes(Path.Combine(path, "spiece.model"), PublishedFiles.Pieces(513));
        Fails(() => PublishedFolder.Open(path).OpenVocabulary(), "has 513 pieces", "says 512");
        File.Delete(Path.Combine(path, "spiece.model"));
        File.WriteAllText(Path.Combine(path, "vocab.txt"), "[PAD]");
        Fails(() => PublishedFolder.Open(path).OpenVocabulary(), "has no spiece.model: a WordPiece vocabulary (vocab.txt) is not read");
        Fails(() => PublishedFolder.Open(folder["nowhere"]), "cannot read", "config.json");
        Assert.Equal(before, model.Parameters.Read("albert.pooler.weight"));
    }

    [Fact]
    public void Damaged_shards_are_told()
    {
        string path = PublishedFiles.Write(folder, "a_tiny", new(Shards: 2)), index = Path.Combine(path, "model.safetensors.index.json"), second = Path.Combine(path, "model-00002-of-00002.safetensors");
        string good = File.ReadAllText(index);
        void Refused(string text, params string[] parts)
        {
            File.WriteAllText(index, text);
            Fails(() => PublishedFolder.Open(path).OpenWeights().Dispose(), parts);
        }

        Refused("{}", "index.json", "has no weight_map");
        Refused(good.Replace("model-00001-of-00002", "../model"), "looks for", "which is not a file beside it");
        Refused(good.Replace("\"predictions.bias\":\"model-00001-of-00002.safetensors\",", "").Replace("\"predictions.bias\":\"model-00002-of-00002.safetensors\",", ""), "holds predictions.bias, which the index looks for nowhere");
        Refused(good.Replace("\"weight_map\":{", "\"weight_map\":{\"ghost\":\"model-00001-of-00002.safetensors\","), "ghost is not in model-00001-of-00002.safetensors");
        File.Copy(Path.Combine(path, "model-00001-of-00002.safetensors"), second, overwrite: true);
        Refused(good, "two files hold");
        File.WriteAllBytes(second, [0]);
        Refused(good, "model-00002-of-00002.safetensors", "1 in all");
        File.Delete(second);
        Refused(good, "the shard model-00002-of-00002.safetensors is missing");
    }

    [Fact]
    public void What_cannot_be_published_is_told_and_leaves_no_file()
    {
        using var shared = GoldenSharedAttention.Create(device, Capacity);
        Fails(() => shared.SavePublished(Pieces(128), folder["out"]), "GoldenSharedAttention cannot be published: config.json has no field for Sharing = Attention");
        using var odd = GoldenOdd.Create(device, Capacity);
        Fails(() => odd.SavePublished(Pieces(102), folder["out"]), "102 pieces", "101");
        Fails(() => odd.SavePublished(Pieces(101), folder["out"], ElementType.I64), "not published as I64", "BF16");
        odd.Parameters.Write("predictions.bias", [.. Enumerable.Repeat(1e6f, 101)]);
        Fails(() => odd.SavePublished(Pieces(101), folder["out"], ElementType.F16), "predictions.bias holds 1000000, which F16 cannot: write BF16");
        folder.Write("full/file", "of someone else");
        Fails(() => odd.SavePublished(Pieces(101), folder["full"]), "is there already");
        Assert.Equal([folder["full"]], Directory.GetFileSystemEntries(folder.Path));
        odd.SavePublished(Pieces(101), folder["out"], ElementType.BF16);
    }

    [Fact]
    public void What_lies_beside_a_folder_and_a_folder_that_is_there_stay()
    {
        using var odd = GoldenOdd.Create(device, Capacity);
        folder.Write("out.tmp/notes.txt", "mine");
        odd.SavePublished(Pieces(101), folder["out"]);
        Assert.Equal("mine", File.ReadAllText(folder["out.tmp/notes.txt"]));
        string[] names = [.. Directory.GetFiles(folder["out"]).Select(f => Path.GetFileName(f)).Order()];
        Directory.CreateDirectory(folder["there"]);
        if (OperatingSystem.IsWindows())
        {
            odd.SavePublished(Pieces(101), folder["there"]);
        }
        else
        {
            Directory.CreateSymbolicLink(folder["link"], folder["there"]);
            Directory.CreateSymbolicLink(folder["dangling"], folder["new"]);
            foreach (string link in (string[])["link", "dangling"])
            {
                odd.SavePublished(Pieces(101), folder[link]);
                Assert.NotNull(new DirectoryInfo(folder[link]).LinkTarget);
            }

            Assert.Equal(names, Directory.GetFileSystemEntries(folder["new"]).Select(Path.GetFileName).Order());
        }

        Assert.Equal(names, Directory.GetFileSystemEntries(folder["there"]).Select(Path.GetFileName).Order());
        PublishedFolder.Open(folder["there"]).Load(odd);
    }

    static Vocabulary Pieces(int count)
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, PublishedFiles.Pieces(count));
            return Vocabulary.Load(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    JsonObject Json(string name) => JsonNode.Parse(File.ReadAllText(folder[name]))!.AsObject();

    static void Rewrite(string path, Action<string, float[]>? change = null, Func<string, string>? rename = null)
    {
        string file = Path.Combine(path, "model.safetensors");
        List<SafetensorsSource> tensors = [];
        using (var old = Safetensors.Open(file))
            foreach (var entry in old.Entries.Where(e => e.Type == ElementType.F32))
            {
                float[] values = old.ReadSingles(entry.Name);
                change?.Invoke(entry.Name, values);
                tensors.Add(new(rename?.Invoke(entry.Name) ?? entry.Name, entry.Shape, () => values));
            }

        Safetensors.Write(file, tensors);
    }

    static void Fails(Action action, params string[] parts)
    {
        string message = Assert.Throws<TrainingException>(action).Message;
        foreach (string part in parts) Assert.Contains(part, message);
        Assert.DoesNotContain('\n', message);
    }
}
