namespace AlbertCompiled.Bench;

/// <summary>A benchmark by name.</summary>
/// <param name="Help">One line.</param>
/// <param name="Run">Runs it and prints its figures.</param>
internal sealed record Benchmark(string Help, Action<Options> Run);

internal static class Benchmarks
{
    public static readonly IReadOnlyDictionary<string, Benchmark> Table = new Dictionary<string, Benchmark>
    {
        ["attention"] = new("device=cuda kernel=all|NAME head=64 [form=mma|wgmma] resident=0 runs=30 seconds=60 | ptx=FOLDER head=64 [form=mma|wgmma]: attention on tensor cores against float64, and its speed; each kernel in a process of its own", AttentionBenchmark.Run),
        ["compare"] = new("what=train|finetune|infer|start|all pairs=5 [config=] [dtype=] [dropout=] [mkl=default|fast] [order=given|sorted] [write=docs/benchmarks.md]: ours beside libtorch and ONNX Runtime", CompareBenchmark.Run),
        ["finetune"] = new("sentences=FILE config=base|small dtype=fp32|bf16 threads=2 steps=4 batch=32 [dropout=0|0.1] [order=given|sorted] [device=cpu]: updates of a classifier on sentences, packed", FineTuneBenchmark.Run),
        ["gemm"] = new("config=base|small dtype=fp32|bf16 threads=2 runs=15 [tokens=] [write=docs/benchmarks.md]: the matrix products of a step beside the peak of the cores and OpenBLAS", GemmBenchmark.Run),
        ["gpu"] = new("device=cuda dtype=fp32|bf16 runs=20 tokens=16384 head=64: copies, matrix products, attention and the rows of a step on a GPU, beside the card's own ceilings", GpuBenchmark.Run),
        ["infer"] = new("threads=2 dtype=fp32|bf16 runs=20 S=128 [device=cpu] | sentences=FILE tokens=2048 [onnx=FILE]: the base encoder on one sequence, or on a file of them", InferBenchmark.Run),
        ["sentences"] = new("file=FILE count=512: real paragraphs of 8 to 256 pieces, one a line, as numbers", SentenceFile.Run),
        ["profile"] = new("config=base|small dtype=fp32|bf16 threads=2 steps=5 [device=cpu|cuda] [B=] [S=] | what=infer [sentences=FILE tokens=2048] [S=128]: the time of a training step, or of the base encoder, kernel by kernel", ProfileBenchmark.Run),
        ["scale"] = new("what=sequence|tokens|layers|hidden|all dtype=fp32|bf16 threads=2 steps=3 [write=docs/benchmarks.md]: time and memory as the work grows", ScaleBenchmark.Run),
        ["start"] = new("config=base|small dtype=fp32|bf16 threads=2 [B=] [S=]: from the start of the process to the end of the first training step", StartBenchmark.Run),
        ["tensor"] = new("variant=all|NAME mode=all|names|text|check|time runs=20 [dump=FOLDER]: matrix products on the tensor cores of a CUDA device: errors, speed, PTX", TensorBenchmark.Run),
        ["train"] = new("config=base|small dtype=fp32|bf16 threads=2 steps=6 [B=] [S=] [dropout=0|0.1] [device=cpu] [optimizer=adamw|lamb]: a pretraining step on random tokens", TrainBenchmark.Run),
    };
}
