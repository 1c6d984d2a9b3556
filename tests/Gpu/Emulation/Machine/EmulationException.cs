namespace AlbertCompiled.Tests.Gpu.Emulation;

/// <summary>A kernel did what no device would forgive: an address outside every object, a barrier that only some lanes reach, a deadlock.</summary>
sealed class EmulationException(string message) : Exception(message);
