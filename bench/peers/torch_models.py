"""ALBERT for pretraining in PyTorch, twice: as transformers has it, and as one writes it for speed.

Both map (tokens, segments, predicted, labels, orders) to the loss. transformers' own loss computes the vocabulary's logits for every token; here both
read the predicted rows alone, as ours does, so all compute the same products. GELU is the fused tanh form, the same function as "gelu_new".
"""
import torch
import torch.nn.functional as F

VOCABULARY, EMBEDDING, HIDDEN, LAYERS, HEADS, INTERMEDIATE, POSITIONS = 30000, 128, 768, 12, 12, 3072, 512
EPSILON = 1e-12


class Plain(torch.nn.Module):
    """One product for queries, keys and values, fused attention, bf16 activations. Weights are float32 and are cast to bf16 once a step."""

    def __init__(self, dropout=0.0, dtype=torch.bfloat16):
        super().__init__()
        self.dropout, self.dtype = dropout, dtype
        self.names = []
        for name, rows in (("word", VOCABULARY), ("segment", 2), ("position", POSITIONS)):
            self.own(name, torch.randn(rows, EMBEDDING) * 0.02)
        for name, size in (("embedding", EMBEDDING), ("attention", HIDDEN), ("layer", HIDDEN), ("transform", EMBEDDING)):
            self.own(name + "_scale", torch.ones(size))
            self.own(name + "_shift", torch.zeros(size))
        for name, inner, outer in (("mapping", EMBEDDING, HIDDEN), ("qkv", HIDDEN, 3 * HIDDEN), ("output", HIDDEN, HIDDEN), ("expansion", HIDDEN, INTERMEDIATE),
                                   ("contraction", INTERMEDIATE, HIDDEN), ("pooler", HIDDEN, HIDDEN), ("head", HIDDEN, EMBEDDING), ("order", HIDDEN, 2)):
            self.own(name + "_weight", torch.randn(outer, inner) * 0.02)
            self.own(name + "_bias", torch.zeros(outer))
        self.own("decoder_bias", torch.zeros(VOCABULARY))

    def own(self, name, values):
        self.register_parameter("p_" + name, torch.nn.Parameter(values))
        self.names.append(name)

    def operands(self):
        return {name: getattr(self, "p_" + name).to(self.dtype) for name in self.names}

    def drop(self, x):
        return F.dropout(x, self.dropout) if self.training and self.dropout > 0 else x

    def encode(self, w, tokens, segments, mask=None):
        """Hidden states [B, S, H] and pooled [B, H]; mask: [B, S], true where a token is."""
        def linear(name, x):
            return F.linear(x, w[name + "_weight"], w[name + "_bias"])

        def norm(name, x):
            return F.layer_norm(x, x.shape[-1:], w[name + "_scale"], w[name + "_shift"], EPSILON)

        b, s = tokens.shape
        bias = None if mask is None else mask[:, None, None, :]
        embedded = F.embedding(tokens, w["word"]) + F.embedding(segments, w["segment"]) + w["position"][:s]
        hidden = linear("mapping", self.drop(norm("embedding", embedded)))
        for _ in range(LAYERS):
            q, k, v = linear("qkv", hidden).view(b, s, 3, HEADS, HIDDEN // HEADS).permute(2, 0, 3, 1, 4).unbind(0)
            context = F.scaled_dot_product_attention(q, k, v, attn_mask=bias, dropout_p=self.dropout if self.training else 0.0)
            context = context.transpose(1, 2).reshape(b, s, HIDDEN)
            attended = norm("attention", hidden + self.drop(linear("output", context)))
            expanded = F.gelu(linear("expansion", attended), approximate="tanh")
            hidden = norm("layer", attended + self.drop(linear("contraction", expanded)))
        return hidden, torch.tanh(linear("pooler", hidden[:, 0]))

    def forward(self, tokens, segments, predicted, labels, orders):
        w = self.operands()
        hidden, pooled = self.encode(w, tokens, segments)
        rows = hidden.reshape(-1, HIDDEN).index_select(0, predicted)
        rows = F.gelu(F.linear(rows, w["head_weight"], w["head_bias"]), approximate="tanh")
        rows = F.layer_norm(rows, (EMBEDDING,), w["transform_scale"], w["transform_shift"], EPSILON)
        logits = F.linear(rows, w["word"], w["decoder_bias"])
        swapped = F.linear(self.drop(pooled), w["order_weight"], w["order_bias"])
        return F.cross_entropy(logits.float(), labels) + F.cross_entropy(swapped.float(), orders)


class PlainEncoder(torch.nn.Module):
    """The encoder alone, for inference: its weights are bf16 already."""

    def __init__(self):
        super().__init__()
        self.model = Plain().to(torch.bfloat16)

    def forward(self, tokens, mask=None):
        return self.model.encode(self.model.operands(), tokens, torch.zeros_like(tokens), mask)[1]


def settings(dropout):
    from transformers import AlbertConfig

    made = AlbertConfig(
        vocab_size=VOCABULARY, embedding_size=EMBEDDING, hidden_size=HIDDEN, num_hidden_layers=LAYERS, num_attention_heads=HEADS,
        intermediate_size=INTERMEDIATE, max_position_embeddings=POSITIONS, hidden_act="gelu_pytorch_tanh", inner_group_num=1, num_hidden_groups=1,
        hidden_dropout_prob=dropout, attention_probs_dropout_prob=dropout, classifier_dropout_prob=dropout)
    made._attn_implementation = "sdpa"  # the default as well
    return made


class Transformers(torch.nn.Module):
    def __init__(self, dropout=0.0):
        super().__init__()
        from transformers import AlbertForPreTraining

        self.model = AlbertForPreTraining(settings(dropout))

    def forward(self, tokens, segments, predicted, labels, orders):
        encoded = self.model.albert(input_ids=tokens, token_type_ids=segments)
        rows = encoded[0].reshape(-1, HIDDEN).index_select(0, predicted)
        logits, swapped = self.model.predictions(rows), self.model.sop_classifier(encoded[1])
        return F.cross_entropy(logits.float(), labels) + F.cross_entropy(swapped.float(), orders)


class TransformersEncoder(torch.nn.Module):
    def __init__(self):
        super().__init__()
        from transformers import AlbertModel

        self.model = AlbertModel(settings(0.0)).to(torch.bfloat16)

    def forward(self, tokens, mask=None):
        return self.model(input_ids=tokens, attention_mask=None if mask is None else mask.long())[1]


TRAINING = {"plain": Plain, "transformers": Transformers}
ENCODERS = {"plain": PlainEncoder, "transformers": TransformersEncoder}


def training_flops(sequences, length, predicted):
    """FLOPs of a step's matrix products and attention: forward once, backward twice. Nothing is counted for recomputation."""
    tokens = sequences * length
    products = tokens * (LAYERS * (4 * HIDDEN * HIDDEN + 2 * HIDDEN * INTERMEDIATE) + EMBEDDING * HIDDEN)
    attention = 2 * LAYERS * sequences * length * length * HIDDEN
    heads = predicted * (HIDDEN * EMBEDDING + EMBEDDING * VOCABULARY) + sequences * (HIDDEN * HIDDEN + 2 * HIDDEN)
    return 3 * 2 * (products + attention + heads)
