using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace AlbertCompiled.Generators.Declare;

/// <summary>What models of one compilation share, looked up once: every key stroke brings a new compilation, whose symbols nothing may outlive.</summary>
/// <typeparam name="TKey">What it is looked up by.</typeparam>
/// <typeparam name="TValue">What was found: values, no symbols.</typeparam>
internal sealed class PerCompilation<TKey, TValue>(IEqualityComparer<TKey> comparer)
{
    readonly ConditionalWeakTable<Compilation, ConcurrentDictionary<TKey, TValue>> tables = new();

    /// <summary>The value of a key; found for it if it is the first to ask.</summary>
    public TValue Of(Compilation compilation, TKey key, Func<TKey, TValue> find) =>
        tables.GetValue(compilation, _ => new(comparer)).GetOrAdd(key, find);
}
