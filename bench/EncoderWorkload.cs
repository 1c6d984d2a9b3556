using AlbertCompiled.Models;

namespace AlbertCompiled.Bench;

/// <summary>The base encoder and what it reads: one sequence of S random tokens, or a file of sentences, packed in the file's order into batches without padding.</summary>
internal sealed class EncoderWorkload : IDisposable
{
    readonly AlbertBaseEncoder model;
    readonly List<TokenBatch> batches;
    readonly string description;

    public EncoderWorkload(Options options)
    {
        int threads = options.Number("threads", 2), length = options.Number("S", 128);
        string file = options.Text("sentences", "");
        var (dtype, precision) = options.Precision();
        int[][] sentences = file.Length > 0 ? Sentences.Read(file) : [Sentences.Random(length)];
        if (sentences.Length == 0) throw new ArgumentException($"sentences={file} has no line");
        int tokens = file.Length > 0 ? options.Number("tokens", 2048) : length, longest = sentences.Max(s => s.Length);
        if (tokens < longest) throw new ArgumentException($"tokens={tokens} is less than the longest sentence, {longest}");
        Device = Device.Open(options.Text("device", "cpu"), threads);
        model = AlbertBaseEncoder.Create(Device, new(tokens, Math.Min(tokens, sentences.Length), 1), precision: precision);
        batches = Pack(sentences, model.Capacity);
        Tokens = sentences.Sum(s => s.Length);
        PeakFactor = precision.PeakFactor();
        description = $"config=base sentences={sentences.Length} tokens={Tokens} batches={batches.Count} threads={threads} dtype={dtype} device={Device.Name}";
    }

    public Device Device { get; }

    /// <summary>Tokens of all sentences.</summary>
    public int Tokens { get; }

    /// <summary>How much more the cores can do in this precision than in float32.</summary>
    public int PeakFactor { get; }

    /// <summary>Encodes all batches; a number that depends on each.</summary>
    public double Encode() => batches.Sum(batch => (double)model.Encode(batch).Pooled[0][0]);

    /// <summary>Writes the model for other runtimes.</summary>
    public void WriteOnnx(string file) => model.ToOnnx().Save(file);

    public override string ToString() => description;

    public void Dispose()
    {
        model.Dispose();
        Device.Dispose();
    }

    static List<TokenBatch> Pack(int[][] sentences, Capacity capacity)
    {
        var batches = new List<TokenBatch>();
        int room = 0;
        foreach (int[] sentence in sentences)
        {
            if (sentence.Length > room)
            {
                batches.Add(new(capacity));
                room = capacity.Tokens;
            }

            batches[^1].Add(sentence, new int[sentence.Length]);
            room -= sentence.Length;
        }

        return batches;
    }
}
