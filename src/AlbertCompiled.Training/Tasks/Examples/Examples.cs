namespace AlbertCompiled.Training;

/// <summary>A text or a pair of texts to classify or to score.</summary>
/// <param name="A">The text.</param>
/// <param name="B">The second text of a pair.</param>
/// <param name="Label">Its class; null if unknown or if it has a score.</param>
/// <param name="Score">Its score; null if unknown or if it has a class.</param>
public sealed record TextExample(string A, string? B = null, int? Label = null, double? Score = null);

/// <summary>A question whose answer is a part of a context.</summary>
/// <param name="Id">The question's ID.</param>
/// <param name="Question">The question.</param>
/// <param name="Context">The text to find the answer in.</param>
/// <param name="Answers">The answers that count as right; empty if there is none in the context, or if unknown.</param>
public sealed record SpanExample(string Id, string Question, string Context, IReadOnlyList<Answer> Answers);

/// <summary>An answer and its place in the context.</summary>
/// <param name="Text">The answer as the context spells it.</param>
/// <param name="Start">Its first character (UTF-16) in the context.</param>
public readonly record struct Answer(string Text, int Start);

/// <summary>A question about a passage with options to choose from.</summary>
/// <param name="Id">The question's ID.</param>
/// <param name="Passage">The text that the question is about.</param>
/// <param name="Question">The question; an underscore in it is a gap that the option fills.</param>
/// <param name="Options">The options.</param>
/// <param name="Label">Index of the right one; null if unknown.</param>
public sealed record ChoiceExample(string Id, string Passage, string Question, IReadOnlyList<string> Options, int? Label);

/// <summary>Words with a tag each.</summary>
/// <param name="Words">The words.</param>
/// <param name="Tags">The class of each word's tag; null if unknown.</param>
public sealed record TaggedExample(IReadOnlyList<string> Words, IReadOnlyList<int>? Tags);
