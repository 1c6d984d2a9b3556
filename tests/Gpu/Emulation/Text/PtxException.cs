namespace AlbertCompiled.Tests.Gpu.Emulation;

/// <summary>Text that an assembler would refuse.</summary>
sealed class PtxException(int line, string message) : Exception($"line {line}: {message}");
