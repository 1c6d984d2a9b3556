using AlbertCompiled.Training;

namespace AlbertCompiled.Tests.Numbers;

/// <summary>A head of golden/g_heads on the backbone of golden/a_tiny.</summary>
internal sealed class GoldenHead(string name) : IDisposable
{
    readonly Safetensors data = Golden.OpenTensors("g_heads", $"{name}.safetensors");

    /// <summary>Positions of a padded sequence.</summary>
    public int Length => (int)data["in.input_ids"].Shape[1];

    /// <summary>Rows of the padded outputs that are attended to, in the order of the packed ones.</summary>
    public int[] Attended => [.. Integers("attention_mask").Select((m, i) => (m, i)).Where(p => p.m == 1).Select(p => p.i)];

    public Capacity Capacity => new(Integers("input_ids").Length, Integers("input_ids").Length / Length, 8);

    public int[] Integers(string input) => Array.ConvertAll(data.ReadIntegers($"in.{input}"), v => (int)v);

    public double[] Values(string tensor) => data.ReadDoubles(tensor);

    /// <summary>Writes the reference's weights into a model.</summary>
    public TModel Load<TModel>(TModel model) where TModel : CompiledModel
    {
        using var backbone = Golden.OpenTensors("a_tiny", "model.safetensors");
        foreach (var p in model.Description.Parameters)
            model.Parameters.Write(p.Name, (data.Contains($"param.{p.Name}") ? data.ReadDoubles($"param.{p.Name}") : backbone.ReadDoubles(p.Name)).ToFloats());
        return model;
    }

    /// <summary>The sequences without their padding.</summary>
    public TokenBatch Pack(Action<TokenBatch, int, int[], int[]> add)
    {
        var batch = new TokenBatch(Capacity);
        int[] ids = Integers("input_ids"), segments = Integers("token_type_ids"), attended = Attended;
        for (int s = 0; s < ids.Length / Length; s++)
        {
            int[] rows = [.. attended.Where(i => i / Length == s)];
            add(batch, s, [.. rows.Select(i => ids[i])], [.. rows.Select(i => segments[i])]);
        }

        return batch;
    }

    public void Dispose() => data.Dispose();
}
