using System.Collections.Concurrent;
using System.Text;
using ILGPU;
using ILGPU.Runtime;

namespace AlbertCompiled.Gpu;

/// <summary>
/// What ILGPU's compiler makes of kernels' structs, before it is completed: made once for a device, and kept under all that it follows from, since the compiler takes longer
/// to get ready than everything else in front of a first step.
/// </summary>
/// <param name="files">Where it is kept.</param>
/// <param name="target">Architecture and version of PTX that it is for.</param>
internal sealed class KernelTexts(KernelFiles files, string target)
{
    readonly ConcurrentDictionary<(Type Kernel, KernelSpecialization), Lazy<string>> texts = [];

    /// <summary>A kernel's text: one that is known or read, or else made and kept. Whoever asks meanwhile waits. What failed is made anew by whoever asks next.</summary>
    /// <param name="kernel">The kernel's struct.</param>
    /// <param name="specialization">Lanes of a group and groups of a multiprocessor, if they are fixed.</param>
    /// <param name="compile">Makes the text.</param>
    public string Of(Type kernel, KernelSpecialization specialization, Func<string> compile)
    {
        var text = texts.GetOrAdd((kernel, specialization), _ => new(() => ReadOrMake(kernel, specialization, compile)));
        try
        {
            return text.Value;
        }
        catch
        {
            texts.TryRemove(KeyValuePair.Create((kernel, specialization), text));
            throw;
        }
    }

    string ReadOrMake(Type kernel, KernelSpecialization specialization, Func<string> compile)
    {
        string name = KernelFiles.NameOf(string.Join('\n', [target, $"{kernel}", $"{specialization.MaxNumThreadsPerGroup} {specialization.MinNumGroupsPerMultiprocessor}", .. CodeBehind.Of(kernel)]), "ptx");
        if (files.Read(name) is { } known) return Encoding.UTF8.GetString(known);
        string text = compile();
        files.Write(name, Encoding.UTF8.GetBytes(text));
        return text;
    }
}
