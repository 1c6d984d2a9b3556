namespace AlbertCompiled;

/// <summary>The base of a definition.</summary>
public abstract class ModelGraph;
