namespace AlbertCompiled.Training;

/// <summary>Finds answers in contexts. Published offsets count code points, strings count UTF-16: a context with "𝒳" shifts what follows.</summary>
static class AnswerPlace
{
    const int LongestQuote = 40;

    /// <summary>The answer that starts at a code point of the context.</summary>
    /// <exception cref="BadRowException">It does not stand there.</exception>
    public static Answer At(string context, string answer, double codePoint, RowPlace place)
    {
        if (codePoint < 0 || codePoint != Math.Floor(codePoint) || Offset(context, codePoint) is not { } start)
            throw place.Error(FormattableString.Invariant($"the answer starts at character {codePoint}, outside the context of {CodePoints(context)}"));
        if (context.AsSpan(start).StartsWith(answer, StringComparison.Ordinal)) return new(answer, start);
        string found = context.Substring(start, Math.Min(answer.Length, context.Length - start));
        throw place.Error(FormattableString.Invariant($"the answer is \"{Cut(answer)}\", but at character {codePoint} the context says \"{Cut(found)}\""));
    }

    static string Cut(string text) => text.Length <= LongestQuote ? text : text[..LongestQuote] + "…";

    static int CodePoints(string text) => text.EnumerateRunes().Count();

    static int? Offset(string text, double codePoints)
    {
        int at = 0;
        for (double i = 0; i < codePoints && at < text.Length; i++) at += char.IsSurrogatePair(text, at) ? 2 : 1;
        return at < text.Length ? at : null;
    }
}
