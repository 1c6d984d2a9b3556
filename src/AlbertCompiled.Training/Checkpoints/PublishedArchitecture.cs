namespace AlbertCompiled.Training;

/// <summary>An architecture as published configurations describe it.</summary>
/// <param name="ModelType">The word under model_type.</param>
/// <param name="Attribute">The attribute that declares it.</param>
/// <param name="Prefix">How its parameters' names begin.</param>
/// <param name="Classes">Names under architectures, and the program that each asks for; the first of a program is written.</param>
/// <param name="Rules">What its fields mean, in the order of writing.</param>
sealed record PublishedArchitecture(string ModelType, string Attribute, string Prefix, IReadOnlyList<(string Class, string Program)> Classes, IReadOnlyList<ConfigRule> Rules)
{
    /// <summary>Full name of the attribute.</summary>
    public string FullName => $"AlbertCompiled.Models.{Attribute}Attribute";

    public const string Pretraining = "Pretraining", Encoding = "Encoding", Classification = "Classification";

    // what configurations of every model may say; none changes a number that the compiled programs compute
    static readonly IReadOnlyList<ConfigRule> Common =
    [
        new Only("position_embedding_type", "\"absolute\""), new Only("is_decoder", "false"), new Only("add_cross_attention", "false"), new Only("is_encoder_decoder", "false"),
        new Only("cross_attention_hidden_size", "null"), new Only("tie_word_embeddings", "true"), new Only("pruned_heads", "{}"), new Only("use_bfloat16", "false"),
        new Only("tie_encoder_decoder", "false"),
        .. Free.All(
            "model_type", "architectures", "_name_or_path", "name_or_path", "transformers_version", "torch_dtype", "dtype", "torchscript", "return_dict", "output_attentions",
            "output_hidden_states", "output_past", "use_cache", "gradient_checkpointing", "chunk_size_feed_forward", "pad_token_id", "bos_token_id", "eos_token_id", "sep_token_id",
            "cls_token_id", "mask_token_id", "decoder_start_token_id", "num_labels", "id2label", "label2id", "problem_type", "finetuning_task", "task_specific_params", "tokenizer_class",
            "prefix", "language", "classifier_dropout_prob", "classifier_dropout", "attn_implementation", "_attn_implementation_autoset"),

        // old versions wrote the settings of text generation into every file, and BERT's the sizes of a pooler that does not exist
        .. Free.All(
            "do_sample", "early_stopping", "max_length", "min_length", "num_beams", "num_beam_groups", "diversity_penalty", "temperature", "top_k", "top_p", "typical_p",
            "repetition_penalty", "length_penalty", "no_repeat_ngram_size", "encoder_no_repeat_ngram_size", "bad_words_ids", "num_return_sequences", "output_scores",
            "return_dict_in_generate", "forced_bos_token_id", "forced_eos_token_id", "remove_invalid_values", "exponential_decay_length_penalty", "suppress_tokens",
            "begin_suppress_tokens", "eos_token_ids", "tf_legacy_loss", "xla_device", "directionality", "pooler_fc_size", "pooler_num_attention_heads", "pooler_num_fc_layers",
            "pooler_size_per_head", "pooler_type"),
    ];

    /// <summary>The architecture of a compiled model, by the names of its parameters; null if it is none of these.</summary>
    public static PublishedArchitecture? Of(ModelDescription model) => All.FirstOrDefault(a => model.Parameters.Any(p => p.Name.StartsWith(a.Prefix, StringComparison.Ordinal)));

    public static IReadOnlyList<PublishedArchitecture> All { get; } =
    [
        new("albert", "Albert", "albert.",
            [("AlbertForPreTraining", Pretraining), ("AlbertForMaskedLM", Pretraining), ("AlbertModel", Encoding), ("AlbertForSequenceClassification", Classification)],
            [
                new Whole("vocab_size", "Vocabulary", 30_000), new Whole("embedding_size", "Embedding", 128), new Whole("hidden_size", "Hidden", 4096),
                new Whole("num_hidden_layers", "Layers", 12), new Whole("num_hidden_groups", "Groups", 1), new Whole("inner_group_num", "InnerLayers", 1),
                new Whole("num_attention_heads", "Heads", 64), new Whole("intermediate_size", "Intermediate", 16_384),
                new Whole("max_position_embeddings", "Positions", 512), new Whole("type_vocab_size", "Segments", 2),
                new Word("hidden_act", "Activation", "gelu_new", ("gelu_new", "GeluTanh"), ("gelu_pytorch_tanh", "GeluTanh"), ("gelu", "GeluErf")),
                new Real("hidden_dropout_prob", "Dropout", 0, 0) { OfTraining = true }, new Real("attention_probs_dropout_prob", "AttentionDropout", 0, 0) { OfTraining = true },
                new Real("layer_norm_eps", "LayerNormEpsilon", 1e-12, 1e-30), new Real("initializer_range", "Deviation", 0.02, 1e-30) { OfTraining = true },
                new Only("net_structure_type", "0"), new Only("down_scale_factor", "1"), new Only("gap_size", "0"), new Only("num_memory_blocks", "0"), new Only("layers_to_keep", "[]"),
                .. Common,
            ]),
        new("bert", "Bert", "bert.",
            [("BertForPreTraining", Pretraining), ("BertForMaskedLM", Pretraining), ("BertModel", Encoding), ("BertForSequenceClassification", Classification)],
            [
                new Whole("vocab_size", "Vocabulary", 30_522), new Whole("hidden_size", "Hidden", 768), new Whole("num_hidden_layers", "Layers", 12),
                new Whole("num_attention_heads", "Heads", 12), new Whole("intermediate_size", "Intermediate", 3072),
                new Whole("max_position_embeddings", "Positions", 512), new Whole("type_vocab_size", "Segments", 2),
                new Real("hidden_dropout_prob", "Dropout", 0.1, 0) { OfTraining = true }, new Real("attention_probs_dropout_prob", "AttentionDropout", 0.1, 0) { OfTraining = true },
                new Real("layer_norm_eps", "LayerNormEpsilon", 1e-12, 1e-30), new Real("initializer_range", "Deviation", 0.02, 1e-30) { OfTraining = true },
                new Only("hidden_act", "\"gelu\""),
                .. Common,
            ]),
    ];
}
