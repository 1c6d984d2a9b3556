namespace AlbertCompiled.Onnx;

/// <summary>Graphs as files.</summary>
static class OnnxFile
{
    const string Temporary = ".tmp";

    /// <summary>Writes a graph with its weights: to a temporary file, which takes the name once it is whole.</summary>
    public static long Write(OnnxGraph graph, string path)
    {
        var model = OnnxMessages.Model(graph);
        if (model.Size > int.MaxValue) throw new OnnxException(FormattableString.Invariant($"{graph.Description.Name} takes {model.Size / 1e9:0.0} GB; an ONNX file holds up to 2.1 GB"));
        string temporary = path + Temporary;
        try
        {
            using (var stream = File.Create(temporary))
            {
                model.Write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
            return model.Size;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            TryDelete(temporary);
            throw new OnnxException($"cannot write {path}: {e.Message}", e);
        }
    }

    static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // what cannot be removed takes room, no more
        }
    }
}
