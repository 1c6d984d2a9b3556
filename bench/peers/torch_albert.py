#!/usr/bin/env python3
"""ALBERT in PyTorch on one CUDA device, as its users run it: transformers' model, scaled-dot-product attention, bf16, fused AdamW.

Measures the work of `bench train` and `bench infer`: full sequences of random tokens, 15% of them predicted. transformers' own
loss computes the vocabulary's logits for every token; here the model's encoder runs as it is, and its prediction head reads the
predicted rows alone, as ours does, so both compute the same products. GELU is the fused tanh form (the same function as
"gelu_new"). Every measurement is one JSON object a line on standard output; one that fails prints its error and the rest go on.

  torch_albert.py [--parts ceilings,train,infer,gemm,attention] [--modes compile,eager,graph] [--sequences 512,128]
                  [--dropouts 0,0.1] [--dtypes autocast,pure] [--tokens 16384] [--steps 20] [--sentences FILE] [--seconds 600]

modes: eager; compile = torch.compile; graph = torch.compile(mode="reduce-overhead"), which replays CUDA graphs.
dtypes: autocast = float32 weights, operands cast to bf16; pure = bf16 weights and moments, fewer bytes and less exact than ours.
"""
import argparse
import gc
import json
import statistics
import sys
import time

START = time.perf_counter()
VOCABULARY, EMBEDDING, HIDDEN, LAYERS, HEADS, INTERMEDIATE, POSITIONS = 30000, 128, 768, 12, 12, 3072, 512
MASKED = 0.15


def emit(part, **values):
    print(json.dumps({"part": part, **values}), flush=True)


class Budget:
    """Seconds left; a measurement that would begin too late is left out and says so."""

    def __init__(self, seconds):
        self.end = START + seconds

    def left(self):
        return self.end - time.perf_counter()


def measured(part, budget, measure, **what):
    if budget.left() < 5:
        emit(part, **what, skipped="no time left")
        return
    began = time.perf_counter()
    try:
        emit(part, **what, **measure(), took_s=round(time.perf_counter() - began, 2))
    except Exception as error:  # one failure must not cost the other figures
        emit(part, **what, error=f"{type(error).__name__}: {error}".splitlines()[0][:400])
    finally:
        release()


def release():
    gc.collect()
    try:
        torch._dynamo.reset()
    except Exception:
        pass
    torch.cuda.empty_cache()


def times(action, runs, warmup=3):
    """Milliseconds of each run by CUDA events, one run after another in the queue."""
    for _ in range(warmup):
        action()
    events = [torch.cuda.Event(enable_timing=True) for _ in range(runs + 1)]
    events[0].record()
    for run in range(runs):
        action()
        events[run + 1].record()
    torch.cuda.synchronize()
    return [events[i].elapsed_time(events[i + 1]) for i in range(runs)]


def enough(action, warmup=3, seconds=0.15, most=200):
    """Median milliseconds over as many runs as fit a short time."""
    once = times(action, 3, warmup)
    return statistics.median(times(action, max(5, min(most, int(seconds * 1000 / max(min(once), 1e-3)))), 0))


def training_flops(sequences, length, predicted):
    """FLOPs of a step's matrix products and attention: forward once, backward twice. Nothing is counted for recomputation."""
    tokens = sequences * length
    products = tokens * (LAYERS * (4 * HIDDEN * HIDDEN + 2 * HIDDEN * INTERMEDIATE) + EMBEDDING * HIDDEN)
    attention = 2 * LAYERS * sequences * length * length * HIDDEN
    heads = predicted * (HIDDEN * EMBEDDING + EMBEDDING * VOCABULARY) + sequences * (HIDDEN * HIDDEN + 2 * HIDDEN)
    return 3 * 2 * (products + attention + heads)


def config(dropout):
    from transformers import AlbertConfig

    settings = dict(
        vocab_size=VOCABULARY, embedding_size=EMBEDDING, hidden_size=HIDDEN, num_hidden_layers=LAYERS, num_attention_heads=HEADS,
        intermediate_size=INTERMEDIATE, max_position_embeddings=POSITIONS, hidden_act="gelu_pytorch_tanh", inner_group_num=1, num_hidden_groups=1,
        hidden_dropout_prob=dropout, attention_probs_dropout_prob=dropout, classifier_dropout_prob=dropout)
    made = AlbertConfig(**settings)
    try:
        made._attn_implementation = "sdpa"
    except Exception:
        pass
    return made


def build(kind, settings):
    """A transformers model with sdpa attention, however this version wants to be asked."""
    import transformers

    model = getattr(transformers, kind)
    for make in (lambda: model._from_config(settings, attn_implementation="sdpa"), lambda: model(settings)):
        try:
            return make()
        except (TypeError, ValueError, AttributeError) as error:
            last = error
    raise last


def pretraining(dropout):
    model = build("AlbertForPreTraining", config(dropout))

    class Loss(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.model = model

        def forward(self, tokens, segments, predicted, labels, orders):
            encoded = self.model.albert(input_ids=tokens, token_type_ids=segments)
            hidden, pooled = encoded[0], encoded[1]
            rows = hidden.reshape(-1, hidden.shape[-1]).index_select(0, predicted)
            logits = self.model.predictions(rows)
            swapped = self.model.sop_classifier(pooled)
            loss = torch.nn.functional.cross_entropy(logits.float(), labels)
            return loss + torch.nn.functional.cross_entropy(swapped.float(), orders)

    return Loss().cuda().train()


def batch(sequences, length):
    generator = torch.Generator().manual_seed(7)
    tokens = torch.randint(5, VOCABULARY, (sequences, length), generator=generator)
    segments = torch.zeros_like(tokens)
    segments[:, length // 2:] = 1
    predicted = (torch.rand(sequences * length, generator=generator) < MASKED).nonzero().flatten()
    labels = tokens.flatten()[predicted].clone()
    tokens.view(-1)[predicted] = 4
    orders = torch.arange(sequences) % 2
    return [t.cuda() for t in (tokens, segments, predicted, labels, orders)]


def compiled(function, mode):
    if mode == "eager":
        return function
    return torch.compile(function, dynamic=False, **({"mode": "reduce-overhead"} if mode == "graph" else {}))


def train(length, tokens, mode, dtype, dropout, steps, peak):
    torch.manual_seed(1)
    torch.cuda.synchronize()
    torch.cuda.reset_peak_memory_stats()
    began = time.perf_counter()
    model = pretraining(dropout)
    if dtype == "pure":
        model = model.to(torch.bfloat16)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, weight_decay=0.01, fused=True)
    sequences = tokens // length
    inputs = batch(sequences, length)
    forward = compiled(model, mode)
    losses = []

    def step():
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cuda", dtype=torch.bfloat16, enabled=dtype == "autocast"):
            loss = forward(*inputs)
        loss.backward()
        optimizer.step()
        losses[:] = [loss]

    step()
    torch.cuda.synchronize()
    first = time.perf_counter() - began
    for _ in range(4):
        step()
    torch.cuda.synchronize()
    began = time.perf_counter()
    milliseconds = times(step, steps, warmup=0)
    wall = (time.perf_counter() - began) * 1000 / steps
    median = statistics.median(milliseconds)
    flops = training_flops(sequences, length, len(inputs[2]))
    return dict(
        tokens_per_s=round(sequences * length / median * 1000), step_ms=round(median, 3), min_ms=round(min(milliseconds), 3), wall_ms=round(wall, 3),
        peak_mb=round(torch.cuda.max_memory_allocated() / 1e6, 1), reserved_mb=round(torch.cuda.max_memory_reserved() / 1e6, 1),
        first_step_s=round(first, 2), tflops=round(flops / median / 1e9, 1), mfu=round(flops / median / 1e9 / peak * 100, 2), peak_tflops=peak,
        predicted=len(inputs[2]), loss=round(float(losses[0]), 4))


def encoder():
    return build("AlbertModel", config(0.0)).cuda().eval().to(torch.bfloat16)


def latency(length, mode, runs):
    model = encoder()
    forward = compiled(model, mode)
    tokens = torch.randint(5, 8000, (1, length))

    def once():
        with torch.inference_mode():
            return forward(input_ids=tokens.cuda())[1].float().cpu()  # from the host to the host, as ours is timed

    began = time.perf_counter()
    once()
    first = time.perf_counter() - began
    for _ in range(5):
        once()
    milliseconds = []
    for _ in range(runs):
        began = time.perf_counter()
        once()
        milliseconds.append((time.perf_counter() - began) * 1000)
    return dict(latency_ms=round(statistics.median(milliseconds), 3), min_ms=round(min(milliseconds), 3), first_s=round(first, 2))


def throughput(sentences, size, order, mode, runs=3):
    model = encoder()
    forward = compiled(model, mode)
    lines = sorted(sentences, key=len) if order == "sorted" else sentences
    batches = []
    for at in range(0, len(lines), size):
        chunk = lines[at:at + size]
        longest = max(len(line) for line in chunk)
        tokens, mask = torch.zeros(len(chunk), longest, dtype=torch.long), torch.zeros(len(chunk), longest, dtype=torch.long)
        for row, line in enumerate(chunk):
            tokens[row, :len(line)] = torch.tensor(line)
            mask[row, :len(line)] = 1
        batches.append((tokens.pin_memory(), mask.pin_memory()))

    def once():
        with torch.inference_mode():
            last = None
            for tokens, mask in batches:
                last = forward(input_ids=tokens.cuda(non_blocking=True), attention_mask=mask.cuda(non_blocking=True))[1]
            torch.cuda.synchronize()
            return last

    once()
    seconds = []
    for _ in range(runs):
        began = time.perf_counter()
        once()
        seconds.append(time.perf_counter() - began)
    real, padded = sum(len(line) for line in lines), sum(tokens.numel() for tokens, _ in batches)
    return dict(tokens_per_s=round(real / statistics.median(seconds)), real_tokens=real, padded_tokens=padded)


def products(tokens, predicted):
    """Products of a step as `bench gemm` lists them: forward X·Wᵀ, dX = dY·W, dW = dYᵀ·X."""
    for name, m, n, k in (("mapping", tokens, HIDDEN, EMBEDDING), ("query, key, value", tokens, 3 * HIDDEN, HIDDEN), ("attention output", tokens, HIDDEN, HIDDEN),
                          ("expansion", tokens, INTERMEDIATE, HIDDEN), ("contraction", tokens, HIDDEN, INTERMEDIATE), ("vocabulary", predicted, VOCABULARY, EMBEDDING)):
        yield name, "NT", m, n, k
        yield name + ", dX", "NN", m, k, n
        yield name + ", dW", "TN", n, k, m


def gemm(form, m, n, k):
    a = torch.randn((k, m) if form[0] == "T" else (m, k), device="cuda", dtype=torch.bfloat16)
    b = torch.randn((n, k) if form[1] == "T" else (k, n), device="cuda", dtype=torch.bfloat16)
    c = torch.empty(m, n, device="cuda", dtype=torch.bfloat16)
    left, right = a.t() if form[0] == "T" else a, b.t() if form[1] == "T" else b
    median = enough(lambda: torch.matmul(left, right, out=c))
    return dict(ms=round(median, 4), tflops=round(2 * m * n * k / median / 1e9, 1))


def attention(sequences, length, backend, dropout=0.0):
    from torch.nn.attention import SDPBackend, sdpa_kernel

    shape = (sequences, HEADS, length, 64)
    q, k, v = (torch.randn(shape, device="cuda", dtype=torch.bfloat16, requires_grad=True) for _ in range(3))
    gradient = torch.randn(shape, device="cuda", dtype=torch.bfloat16)
    with sdpa_kernel(getattr(SDPBackend, backend)):
        def forward():
            return torch.nn.functional.scaled_dot_product_attention(q, k, v, dropout_p=dropout)

        with torch.no_grad():
            forward_ms = enough(forward)
        out = forward()
        backward_ms = enough(lambda: torch.autograd.grad(out, (q, k, v), gradient, retain_graph=True))
    flops = 4 * sequences * HEADS * length * length * 64
    return dict(forward_ms=round(forward_ms, 4), forward_tflops=round(flops / forward_ms / 1e9, 1),
                backward_ms=round(backward_ms, 4), backward_tflops=round(2.5 * flops / backward_ms / 1e9, 1))


def copy_rate(megabytes=1024):
    source = torch.empty(megabytes << 18, device="cuda", dtype=torch.float32).normal_()
    target = torch.empty_like(source)
    median = enough(lambda: target.copy_(source))
    return dict(gb_s=round(2 * source.numel() * 4 / median / 1e6, 1))


def main():
    words = lambda text: [w for w in text.split(",") if w]
    parser = argparse.ArgumentParser()
    parser.add_argument("--parts", type=words, default="ceilings,train,gemm,attention,infer")
    parser.add_argument("--modes", type=words, default="compile,eager")
    parser.add_argument("--sequences", type=words, default="512,128")
    parser.add_argument("--dropouts", type=words, default="0")
    parser.add_argument("--dtypes", type=words, default="autocast")
    parser.add_argument("--tokens", type=int, default=16384)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--peak", type=float, default=989.4, help="dense bf16 TFLOP/s of the card's data sheet, for MFU")
    parser.add_argument("--sentences", default="", help="token ids, a sequence a line")
    parser.add_argument("--seconds", type=float, default=600)
    given = parser.parse_args()
    known = dict(parts="ceilings train gemm attention infer", modes="compile eager graph", dtypes="autocast pure")
    for name, values in known.items():
        for value in getattr(given, name):
            if value not in values.split():
                sys.exit(f"torch_albert.py: --{name} {value} is none of {values}")

    global torch
    try:
        import torch
    except ImportError as error:
        sys.exit(f"torch_albert.py: PyTorch is not installed: {error}")
    if not torch.cuda.is_available():
        sys.exit("torch_albert.py: PyTorch sees no CUDA device")
    try:
        import transformers
        version = transformers.__version__
    except ImportError as error:
        version = None
        emit("setup", error=f"transformers is not installed: {error}")
    torch.set_float32_matmul_precision("high")
    budget = Budget(given.seconds)
    emit("setup", device=torch.cuda.get_device_name(), torch=torch.__version__, transformers=version, cuda=torch.version.cuda, import_s=round(time.perf_counter() - START, 2))

    predicted = int(given.tokens * MASKED)
    for part in given.parts:
        if part == "ceilings":
            measured("copy", budget, copy_rate)
            measured("gemm", budget, lambda: gemm("NT", 8192, 8192, 8192), name="ceiling", form="NT", m=8192, n=8192, k=8192)
        if part == "train" and version:
            for dtype in given.dtypes:
                for dropout in given.dropouts:
                    for mode in given.modes:
                        for length in map(int, given.sequences):
                            measured("train", budget, lambda: train(length, given.tokens, mode, dtype, float(dropout), given.steps, given.peak),
                                     mode=mode, dtype=dtype, dropout=float(dropout), S=length, B=given.tokens // length)
        if part == "gemm":
            for name, form, m, n, k in products(given.tokens, predicted):
                measured("gemm", budget, lambda: gemm(form, m, n, k), name=name, form=form, m=m, n=n, k=k)
        if part == "attention":
            for sequences, length in ((32, 512), (128, 128), (8, 2048)):
                for backend in ("FLASH_ATTENTION", "CUDNN_ATTENTION"):
                    measured("attention", budget, lambda: attention(sequences, length, backend), backend=backend, B=sequences, H=HEADS, S=length, D=64)
            measured("attention", budget, lambda: attention(32, 512, "FLASH_ATTENTION", 0.1), backend="FLASH_ATTENTION", dropout=0.1, B=32, H=HEADS, S=512, D=64)
        if part == "infer" and version:
            for mode in dict.fromkeys(given.modes + ["graph"]):
                measured("latency", budget, lambda: latency(128, mode, given.runs), mode=mode, S=128)
            if given.sentences:
                with open(given.sentences) as file:
                    sentences = [[int(w) for w in line.split()] for line in file if line.strip()]
                for size, order in ((32, "sorted"), (64, "sorted"), (32, "given")):
                    measured("throughput", budget, lambda: throughput(sentences, size, order, "eager"), mode="eager", batch=size, order=order)
    emit("end", total_s=round(time.perf_counter() - START, 1))


if __name__ == "__main__":
    main()
