namespace AlbertCompiled.Tests.Training.Fuzz;

/// <summary>A parser of bytes that come from elsewhere. One row in <see cref="FuzzedParsers"/>.</summary>
/// <param name="Name">What it reads.</param>
/// <param name="Seeds">Good inputs, small, each of another kind.</param>
/// <param name="Parse">Reads an input, and whatever reading it promises.</param>
/// <param name="Refusal">The one exception that says that an input is bad.</param>
internal sealed record FuzzedParser(string Name, Func<IReadOnlyList<byte[]>> Seeds, Action<byte[]> Parse, Type Refusal)
{
    /// <summary>Bytes that may be allocated for each byte of an input, and beside them.</summary>
    public (int PerByte, int Fixed) Allocation { get; init; } = (256, 1 << 16);

    /// <summary>Puts right in half of the inputs what would hide the rest, such as a length or a checksum.</summary>
    public Action<byte[]>? Repair { get; init; }

    /// <summary>The name, which the test's own name ends with.</summary>
    public override string ToString() => Name;
}
