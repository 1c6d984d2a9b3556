namespace AlbertCompiled.Onnx;

/// <summary>Graphs as files.</summary>
static class OnnxFile
{
    /// <summary>Writes a graph with its weights: to a temporary file, which takes the name once it is whole; a link stays one, and a pipe is written as it is.</summary>
    public static long Write(OnnxGraph graph, string path)
    {
        var model = OnnxMessages.Model(graph);
        if (model.Size > int.MaxValue) throw new OnnxException(FormattableString.Invariant($"{graph.Description.Name} takes {model.Size / 1e9:0.0} GB; an ONNX file holds up to 2.1 GB"));
        try
        {
            FileTarget.Write(path, model.Write);
            return model.Size;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new OnnxException($"cannot write {path}: {e.Reason(path)}", e);
        }
    }
}
