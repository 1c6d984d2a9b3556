namespace System.Runtime.CompilerServices;

/// <summary>Lets records with init-only properties compile for netstandard2.0, where Roslyn loads analyzers from.</summary>
internal static class IsExternalInit;
