namespace AlbertCompiled.Onnx;

/// <summary>Graphs as files.</summary>
static class OnnxFile
{
    const string Temporary = ".tmp";

    /// <summary>Writes a graph with its weights: to a temporary file, which takes the name once it is whole; a link stays one, and a pipe is written as it is.</summary>
    public static long Write(OnnxGraph graph, string path)
    {
        var model = OnnxMessages.Model(graph);
        if (model.Size > int.MaxValue) throw new OnnxException(FormattableString.Invariant($"{graph.Description.Name} takes {model.Size / 1e9:0.0} GB; an ONNX file holds up to 2.1 GB"));
        string? temporary = null;
        try
        {
            using (var special = FileTarget.OpenSpecial(path))
            {
                if (special is not null)
                {
                    model.Write(special);
                    return model.Size;
                }
            }

            string target = FileTarget.Resolve(path);
            temporary = target + Temporary;
            using (var stream = File.Create(temporary))
            {
                model.Write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, target, overwrite: true);
            return model.Size;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (temporary is not null) TryDelete(temporary);
            throw new OnnxException($"cannot write {path}: {e.Reason(path)}", e);
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
