namespace AlbertCompiled.Tests.Gpu.Emulation;

/// <summary>What a kernel did that a device may answer with wrong numbers: reported once for each instruction.</summary>
/// <param name="Kind">Uninitialised, Race, Pending, Proxy, …</param>
/// <param name="Line">Line in the PTX.</param>
/// <param name="Text">The instruction.</param>
/// <param name="Detail">Where it happened first.</param>
sealed record Finding(string Kind, int Line, string Text, string Detail)
{
    public override string ToString() => $"{Kind}, line {Line}: {Text}: {Detail}";
}
