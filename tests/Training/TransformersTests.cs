using System.Diagnostics;
using System.Globalization;
using AlbertCompiled.Tests.Numbers;
using AlbertCompiled.Training;

namespace AlbertCompiled.Tests;

/// <summary>Folders against Python's transformers itself, where it is installed.</summary>
public sealed class TransformersTests
{
    [TransformersFact]
    public void Transformers_loads_a_folder_without_a_word_and_computes_the_same()
    {
        using var folder = new TemporaryFolder();
        using var golden = Golden.Open("b_groups");
        using var device = CompiledModels.Open("cpu");
        using var model = GoldenGroups.Create(device, new(64, 1));
        var published = PublishedFolder.Open(PublishedFiles.Write(folder, "b_groups"));
        published.Load(model);
        model.SavePublished(published.OpenVocabulary(), folder["saved"]);

        int[] tokens = [2, 40, 4, 77, 300, 3];
        var batch = new TokenBatch(model.Capacity);
        batch.Add(tokens, new int[tokens.Length], [2], [0], 0);
        model.Predict(batch);
        string output = Transformers.Run("""
            import sys, torch, transformers
            model, info = transformers.AlbertForPreTraining.from_pretrained(sys.argv[1], output_loading_info=True)
            assert not any(info.values()), info
            assert model.predictions.decoder.weight.data_ptr() == model.get_input_embeddings().weight.data_ptr()
            with torch.no_grad(): out = model.eval()(torch.tensor([[int(t) for t in sys.argv[2].split(",")]]))
            print(" ".join(repr(float(v)) for v in torch.cat([out.prediction_logits[0, 2], out.sop_logits[0]])))
            """, folder["saved"], string.Join(',', tokens));
        double[] expected = [.. output.Trim().Split('\n')[^1].Split(' ').Select(v => double.Parse(v, CultureInfo.InvariantCulture))];
        Close.Assert(expected, [.. model.Output("logits", batch), .. model.Output("order", batch)], 2e-5, 0, "logits");
    }
}

/// <summary>A Python that has transformers, with PyTorch.</summary>
internal static class Transformers
{
    static readonly string? interpreter = ((string[])["python3", "/usr/bin/python3"]).FirstOrDefault(p => Start(p, "import torch, safetensors, transformers; transformers.AlbertForPreTraining").Code == 0);

    /// <summary>Why it cannot run here; null if it can.</summary>
    public static string? Missing => interpreter is null ? "Python's modules transformers, safetensors and torch are not installed" : null;

    public static string Run(params string[] arguments)
    {
        var (code, output, error) = Start(interpreter!, arguments);
        Assert.True(code == 0, error);
        return output;
    }

    static (int Code, string Output, string Error) Start(string interpreter, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(interpreter, ["-c", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var error = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output, error.Result);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return (-1, "", e.Message);
        }
    }
}

/// <summary>A test that needs transformers; skipped where it is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TransformersFactAttribute : FactAttribute
{
    public TransformersFactAttribute() => Skip = Transformers.Missing;
}
