#!/usr/bin/env python3
"""ALBERT base in PyTorch on one CUDA device: what its users reach, and what PyTorch reaches when written for speed.

Measures the work of `bench train`, `bench infer` and `bench gpu`: full sequences of random tokens, 15% of them predicted, fused AdamW. Rows come in the
order of their importance, each one JSON object a line on standard output when it is measured; one that fails prints its error and the rest go on; one that
would begin too late is left out and says so.

  torch_albert.py [--only train,gemm,...] [--tokens 16384] [--steps 20] [--sentences FILE] [--seconds 150] [--compilers 5] [--device cuda]

models: plain = one product for queries, keys and values, bf16 activations, float32 weights cast once a step (torch_models.py);
transformers = AlbertForPreTraining under autocast. modes: eager; compile = torch.compile; graph = torch.compile(mode="reduce-overhead"), which replays
CUDA graphs. attention: default = what PyTorch chooses; cudnn = cuDNN's alone. Compilers: processes that compile beforehand, beside each other, into
PyTorch's cache on disk; nothing is timed meanwhile.
"""
import argparse
import gc
import json
import os
import statistics
import subprocess
import sys
import time

START = time.perf_counter()
MASKED = 0.15
SKIP_BELOW = 4  # seconds


def emit(part, **values):
    print(json.dumps({"part": part, **values}), flush=True)


def rows():
    """Everything there is to measure: part and arguments, the important first."""
    train = lambda model, mode, length, dropout=0.0, attention="default": ("train", dict(model=model, mode=mode, S=length, dropout=dropout, attention=attention))
    yield "gemm", dict(name="ceiling", form="NT", m=8192, n=8192, k=8192)
    yield "copy", {}
    yield train("plain", "compile", 512)
    yield train("transformers", "compile", 512)
    yield train("plain", "compile", 128)
    yield train("transformers", "compile", 128)
    yield train("plain", "compile", 512, attention="cudnn")
    yield train("plain", "compile", 512, dropout=0.1)
    yield train("transformers", "compile", 512, dropout=0.1)
    yield train("plain", "compile", 128, dropout=0.1)
    yield train("transformers", "eager", 512)
    yield train("transformers", "eager", 128)
    yield train("plain", "eager", 512)
    yield from (("gemm", row) for row in products())
    for length in (512, 128):
        for backend in ("FLASH_ATTENTION", "CUDNN_ATTENTION"):
            for dropout in (0.0, 0.1):
                yield "attention", dict(backend=backend, S=length, dropout=dropout)
    for model in ("plain", "transformers"):
        for mode in ("eager", "graph"):
            yield "latency", dict(model=model, mode=mode, S=128)
    for size, order in ((64, "sorted"), (32, "sorted"), (128, "sorted"), (32, "given")):
        for model in ("plain", "transformers"):
            yield "throughput", dict(model=model, batch=size, order=order)
    yield train("plain", "graph", 512)
    yield train("plain", "graph", 128)
    yield train("transformers", "compile", 128, dropout=0.1)


def products():
    """Products of a step: forward X·Wᵀ, dX = dY·W, dW = dYᵀ·X. m: 0 stands for the tokens, −1 for the predicted ones."""
    for name, m, n, k in (("query, key, value", 0, 2304, 768), ("attention output", 0, 768, 768), ("expansion", 0, 3072, 768), ("contraction", 0, 768, 3072),
                          ("vocabulary", -1, 30000, 128)):
        yield dict(name=name, form="NT", m=m, n=n, k=k)
        yield dict(name=name + ", dX", form="NN", m=m, n=k, k=n)
        yield dict(name=name + ", dW", form="TN", m=n, n=k, k=m)


class Bench:
    def __init__(self, given):
        self.given, self.device = given, given.device
        self.predicted = int(given.tokens * MASKED)

    def synchronize(self):
        if self.device == "cuda":
            torch.cuda.synchronize()

    def times(self, action, runs):
        """Milliseconds of each run by CUDA events, one run after another in the queue."""
        if self.device != "cuda":
            began = time.perf_counter()
            for _ in range(runs):
                action()
            return [(time.perf_counter() - began) * 1000 / runs] * runs
        events = [torch.cuda.Event(enable_timing=True) for _ in range(runs + 1)]
        events[0].record()
        for run in range(runs):
            action()
            events[run + 1].record()
        torch.cuda.synchronize()
        return [events[i].elapsed_time(events[i + 1]) for i in range(runs)]

    def median(self, action, seconds=0.12, most=200):
        """Median milliseconds over as many runs as fit a short time."""
        for _ in range(3):
            action()
        self.synchronize()
        once = max(min(self.times(action, 3)), 1e-3)
        return statistics.median(self.times(action, max(5, min(most, int(seconds * 1000 / once)))))

    def batch(self, sequences, length):
        generator = torch.Generator().manual_seed(7)
        tokens = torch.randint(5, models.VOCABULARY, (sequences, length), generator=generator)
        segments = torch.zeros_like(tokens)
        segments[:, length // 2:] = 1
        predicted = (torch.rand(sequences * length, generator=generator) < MASKED).nonzero().flatten()
        labels = tokens.flatten()[predicted].clone()
        tokens.view(-1)[predicted] = 4
        orders = torch.arange(sequences) % 2
        return [t.to(self.device) for t in (tokens, segments, predicted, labels, orders)]

    def compiled(self, module, mode):
        if mode == "eager":
            return module
        return torch.compile(module, dynamic=False, **({"mode": "reduce-overhead"} if mode == "graph" else {}))

    def train(self, model, mode, S, dropout, attention, warm=False):
        choose_attention(attention)
        torch.manual_seed(1)
        began = time.perf_counter()
        module = models.TRAINING[model](dropout).to(self.device).train()
        optimizer = torch.optim.AdamW(module.parameters(), lr=1e-4, weight_decay=0.01, fused=True)
        sequences = self.given.tokens // S
        inputs = self.batch(sequences, S)
        forward = self.compiled(module, mode)
        autocast = model == "transformers"
        last = []

        def step():
            optimizer.zero_grad(set_to_none=True)
            with torch.autocast(self.device, dtype=torch.bfloat16, enabled=autocast):
                loss = forward(*inputs)
            loss.backward()
            optimizer.step()
            last[:] = [loss.detach()]

        step()
        self.synchronize()
        first = time.perf_counter() - began
        if warm:
            return {}
        for _ in range(4):
            step()
        self.synchronize()
        if self.device == "cuda":
            torch.cuda.reset_peak_memory_stats()
        began = time.perf_counter()
        milliseconds = self.times(step, self.given.steps)
        wall = (time.perf_counter() - began) * 1000 / self.given.steps
        median = statistics.median(milliseconds)
        flops = models.training_flops(sequences, S, len(inputs[2]))
        memory = dict(peak_mb=round(torch.cuda.max_memory_allocated() / 1e6, 1), reserved_mb=round(torch.cuda.max_memory_reserved() / 1e6, 1)) if self.device == "cuda" else {}
        return dict(
            B=sequences, tokens_per_s=round(sequences * S / median * 1000), step_ms=round(median, 3), min_ms=round(min(milliseconds), 3), wall_ms=round(wall, 3), **memory,
            first_step_s=round(first, 2), tflops=round(flops / median / 1e9, 1), mfu=round(flops / median / 1e7 / self.given.peak, 2), peak_tflops=self.given.peak,
            predicted=len(inputs[2]), loss=round(float(last[0]), 4))

    def latency(self, model, mode, S):
        choose_attention("default")
        forward = self.compiled(models.ENCODERS[model]().to(self.device).eval(), mode)
        tokens = torch.randint(5, 8000, (1, S))
        milliseconds = []
        with torch.inference_mode():
            began = time.perf_counter()
            for run in range(5 + self.given.runs):
                if run == 1:
                    first = time.perf_counter() - began
                began = time.perf_counter()
                forward(tokens.to(self.device)).float().cpu()  # from the host to the host, as ours is timed
                milliseconds.append((time.perf_counter() - began) * 1000)
        return dict(latency_ms=round(statistics.median(milliseconds[5:]), 3), min_ms=round(min(milliseconds), 3), first_s=round(first, 2))

    def throughput(self, model, batch, order):
        choose_attention("default")
        forward = models.ENCODERS[model]().to(self.device).eval()
        with open(self.given.sentences) as file:
            lines = [[int(w) for w in line.split()] for line in file if line.strip()]
        if order == "sorted":
            lines.sort(key=len)
        batches = []
        for at in range(0, len(lines), batch):
            chunk = lines[at:at + batch]
            longest = max(map(len, chunk))
            tokens = torch.tensor([line + [0] * (longest - len(line)) for line in chunk])
            mask = torch.tensor([[True] * len(line) + [False] * (longest - len(line)) for line in chunk])
            batches.append((tokens, mask) if self.device != "cuda" else (tokens.pin_memory(), mask.pin_memory()))

        def once():
            with torch.inference_mode():
                for tokens, mask in batches:
                    last = forward(tokens.to(self.device, non_blocking=True), mask.to(self.device, non_blocking=True))
                return float(last[0, 0])

        once()
        seconds = []
        for _ in range(3):
            began = time.perf_counter()
            once()
            seconds.append(time.perf_counter() - began)
        real = sum(map(len, lines))
        return dict(mode="eager", tokens_per_s=round(real / statistics.median(seconds)), real_tokens=real, padded_tokens=sum(t.numel() for t, _ in batches))

    def gemm(self, name, form, m, n, k):
        m, n, k = (self.given.tokens if x == 0 else self.predicted if x == -1 else x for x in (m, n, k))
        a = torch.randn((k, m) if form[0] == "T" else (m, k), device=self.device, dtype=torch.bfloat16)
        b = torch.randn((n, k) if form[1] == "T" else (k, n), device=self.device, dtype=torch.bfloat16)
        c = torch.empty(m, n, device=self.device, dtype=torch.bfloat16)
        left, right = a.t() if form[0] == "T" else a, b.t() if form[1] == "T" else b
        median = self.median(lambda: torch.mm(left, right, out=c))
        return dict(m=m, n=n, k=k, ms=round(median, 4), tflops=round(2 * m * n * k / median / 1e9, 1))

    def attention(self, backend, S, dropout):
        from torch.nn.attention import SDPBackend, sdpa_kernel

        choose_attention("default")
        sequences = self.given.tokens // S
        # as in a model: parts of one matrix, heads side by side
        qkv = torch.randn((sequences, S, 3, models.HEADS, 64), device=self.device, dtype=torch.bfloat16, requires_grad=True)
        q, k, v = qkv.permute(2, 0, 3, 1, 4).unbind(0)
        gradient = torch.randn((sequences, S, models.HEADS, 64), device=self.device, dtype=torch.bfloat16).transpose(1, 2)
        with sdpa_kernel(getattr(SDPBackend, backend)):
            def forward():
                return torch.nn.functional.scaled_dot_product_attention(q, k, v, dropout_p=dropout)

            with torch.no_grad():
                forward_ms = self.median(forward)
            out = forward()
            backward_ms = self.median(lambda: torch.autograd.grad(out, (q, k, v), gradient, retain_graph=True))
        flops = 4 * sequences * models.HEADS * S * S * 64
        return dict(B=sequences, H=models.HEADS, D=64, forward_ms=round(forward_ms, 4), forward_tflops=round(flops / forward_ms / 1e9, 1),
                    backward_ms=round(backward_ms, 4), backward_tflops=round(2.5 * flops / backward_ms / 1e9, 1))

    def copy(self, megabytes=1024):
        source = torch.ones(megabytes << 18, device=self.device, dtype=torch.float32)
        target = torch.empty_like(source)
        median = self.median(lambda: target.copy_(source))
        return dict(gb_s=round(2 * source.numel() * 4 / median / 1e6, 1))


def choose_attention(name):
    """Which of PyTorch's fused kernels attention may take; as switches of the process, so that a compiled model takes them too."""
    everything = name == "default"
    torch.backends.cuda.enable_flash_sdp(everything)
    torch.backends.cuda.enable_mem_efficient_sdp(everything)
    torch.backends.cuda.enable_math_sdp(everything)
    torch.backends.cuda.enable_cudnn_sdp(True)


def release():
    gc.collect()
    try:
        torch._dynamo.reset()
    except Exception:
        pass
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def compile_beforehand(given, wanted):
    """Compiles in processes beside each other; what they leave in the cache on disk, the measuring process finds there."""
    indices = [i for i, (part, what) in enumerate(wanted) if part == "train" and what["mode"] == "compile"][:given.compilers * 2]
    began, running = time.perf_counter(), []
    limit = given.seconds * 0.45
    while (indices or running) and time.perf_counter() - began < limit:
        running = [p for p in running if p.poll() is None]
        while indices and len(running) < given.compilers:
            arguments = [sys.executable, os.path.abspath(__file__), "--warm", str(indices.pop(0)), "--tokens", str(given.tokens), "--only", ",".join(given.only)]
            running.append(subprocess.Popen(arguments, stdout=subprocess.DEVNULL))
        time.sleep(0.05)
    for process in running:
        process.kill()
    for process in running:
        process.wait()
    emit("compiled", took_s=round(time.perf_counter() - began, 1), left_out=len(indices), ended=len(running))


def main():
    words = lambda text: [w for w in text.split(",") if w]
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", type=words, default="gemm,copy,train,attention,latency,throughput", help="parts")
    parser.add_argument("--models", type=words, default="plain,transformers")
    parser.add_argument("--modes", type=words, default="compile,eager,graph")
    parser.add_argument("--tokens", type=int, default=16384)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--peak", type=float, default=989.4, help="dense bf16 TFLOP/s of the card's data sheet, for MFU")
    parser.add_argument("--sentences", default="", help="token ids, a sequence a line")
    parser.add_argument("--seconds", type=float, default=150)
    parser.add_argument("--compilers", type=int, default=0)
    parser.add_argument("--device", choices=["cuda", "cpu"], default="cuda")
    parser.add_argument("--warm", type=int, default=-1, help=argparse.SUPPRESS)
    given = parser.parse_args()
    for part in given.only:
        if part not in "gemm copy train attention latency throughput".split():
            sys.exit(f"torch_albert.py: --only {part} is none of gemm, copy, train, attention, latency, throughput")

    global torch, models
    try:
        import torch
    except ImportError as error:
        sys.exit(f"torch_albert.py: PyTorch is not installed: {error}")
    import torch_models as models
    if given.device == "cuda" and not torch.cuda.is_available():
        sys.exit("torch_albert.py: PyTorch sees no CUDA device")
    torch.set_float32_matmul_precision("high")
    torch.manual_seed(1)
    bench = Bench(given)
    wanted = [(part, what) for part, what in rows() if part in given.only]
    if given.warm >= 0:
        bench.train(**wanted[given.warm][1], warm=True)
        return

    try:
        from transformers import __version__ as version
    except ImportError as error:
        version = f"not installed: {error}"
    name = torch.cuda.get_device_name() if given.device == "cuda" else "cpu"
    emit("setup", device=name, torch=torch.__version__, transformers=version, cuda=torch.version.cuda, import_s=round(time.perf_counter() - START, 2))
    if given.compilers > 0:
        compile_beforehand(given, wanted)
    for part, what in wanted:
        if what.get("model", "plain") not in given.models or what.get("mode", given.modes[0]) not in given.modes or (part == "throughput" and not given.sentences):
            continue
        left = given.seconds - (time.perf_counter() - START)
        if left < SKIP_BELOW:
            emit(part, **what, skipped="no time left")
            continue
        began = time.perf_counter()
        try:
            result = getattr(bench, part)(**what)
            emit(part, **{**what, **result}, took_s=round(time.perf_counter() - began, 2))
        except Exception as error:  # one failure must not cost the other figures
            emit(part, **what, error=f"{type(error).__name__}: {error}".splitlines()[0][:400])
        finally:
            release()
    emit("end", total_s=round(time.perf_counter() - START, 1))


if __name__ == "__main__":
    main()
