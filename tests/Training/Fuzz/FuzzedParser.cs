using AlbertCompiled.Training;

namespace AlbertCompiled.Tests.Training.Fuzz;

/// <summary>A parser of bytes that come from elsewhere. One row in <see cref="FuzzedParsers"/>.</summary>
/// <param name="Name">What it reads.</param>
/// <param name="Seeds">Good inputs, small, each of another kind.</param>
/// <param name="Parse">Reads an input, and whatever reading it promises.</param>
/// <param name="Refusal">The one exception, or one that derives from it, that says that an input is bad.</param>
internal sealed record FuzzedParser(string Name, Func<IReadOnlyList<byte[]>> Seeds, Action<byte[]> Parse, Type Refusal)
{
    /// <summary>Bytes that may be allocated for each byte of an input, and beside them.</summary>
    public (int PerByte, int Fixed) Allocation { get; init; } = (256, 1 << 16);

    /// <summary>Puts right in half of the inputs what would hide the rest, such as a length or a checksum.</summary>
    public Func<byte[], byte[]>? Repair { get; init; }

    /// <summary>Inputs of a short run, fewer where one takes long.</summary>
    public int ShortRun { get; init; } = 1000;

    /// <summary>A parser of files: each input is written to one.</summary>
    /// <param name="name">What it reads.</param>
    /// <param name="file">The file's name, which may tell what it is.</param>
    /// <param name="seeds">Good inputs.</param>
    /// <param name="parse">Reads the file.</param>
    public static FuzzedParser OfFile(string name, string file, Func<IReadOnlyList<byte[]>> seeds, Action<string> parse)
    {
        var path = new Lazy<string>(() => FuzzFiles.In(name, file));
        return new(name, seeds, Parse, typeof(TrainingException)) { Allocation = (512, 1 << 18) };

        void Parse(byte[] data)
        {
            File.WriteAllBytes(path.Value, data);
            parse(path.Value);
        }
    }

    /// <summary>The name, which the test's own name ends with.</summary>
    public override string ToString() => Name;
}
