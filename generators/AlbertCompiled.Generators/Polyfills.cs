// What newer C# needs and netstandard2.0, where Roslyn loads analyzers from, lacks.

namespace System.Runtime.CompilerServices
{
    internal static class IsExternalInit;
}

namespace System
{
    /// <summary>x[^1].</summary>
    internal readonly struct Index(int value, bool fromEnd = false)
    {
        public int GetOffset(int length) => fromEnd ? length - value : value;

        public static implicit operator Index(int value) => new(value);
    }

    /// <summary>x[1..].</summary>
    internal readonly struct Range(Index start, Index end)
    {
        public Index Start => start;

        public Index End => end;

        public static Range StartAt(Index start) => new(start, new Index(0, true));

        public static Range EndAt(Index end) => new(new Index(0), end);
    }
}
