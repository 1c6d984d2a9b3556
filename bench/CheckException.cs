namespace AlbertCompiled.Bench;

/// <summary>A benchmark's result is wrong.</summary>
internal sealed class CheckException(string message) : Exception(message);
