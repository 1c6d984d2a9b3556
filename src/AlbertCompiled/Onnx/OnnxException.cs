namespace AlbertCompiled.Onnx;

/// <summary>A model that has no ONNX form, or a file that cannot be written; the message says why.</summary>
public sealed class OnnxException(string message, Exception? inner = null) : Exception(message, inner);
