using System.IO.Enumeration;
using System.Text.Json.Nodes;

namespace AlbertCompiled.Gate;

/// <summary><c>gate trim</c>: takes from this program's folder what only the compiler's tests, exported models, a test platform or a debugger need.</summary>
static class Trim
{
    static readonly string[] Unneeded =
    [
        "*.pdb", "*.xml", "Microsoft.CodeAnalysis*", "AlbertCompiled.Generators*", "*onnxruntime*", "DiffEngine*", "EmptyFiles*", "Microsoft.TestPlatform*",
        "Microsoft.VisualStudio*", "testhost*", "xunit.runner.*", "Newtonsoft.Json*", "libmscordbi.so", "libmscordaccore.so", "libclrgc*.so", "createdump", "Microsoft.DiaSymReader*",
    ];

    public static int Run()
    {
        string folder = AppContext.BaseDirectory, manifest = Path.Combine(folder, "gate.deps.json");
        var removed = new HashSet<string>();
        foreach (string file in Directory.GetFiles(folder).Where(f => Unneeded.Any(p => FileSystemName.MatchesSimpleExpression(p, Path.GetFileName(f)))))
        {
            File.Delete(file);
            removed.Add(Path.GetFileName(file));
        }

        // The host refuses to start when a listed file is not there.
        var dependencies = JsonNode.Parse(File.ReadAllText(manifest))!;
        foreach (var (_, target) in (JsonObject)dependencies["targets"]!)
            foreach (var (_, library) in (JsonObject)target!)
                foreach (string kind in (string[])["runtime", "native", "runtimeTargets"])
                    if (library![kind] is JsonObject assets)
                        foreach (string asset in assets.Select(a => a.Key).Where(a => removed.Contains(Path.GetFileName(a))).ToList()) assets.Remove(asset);
        File.WriteAllText(manifest, dependencies.ToJsonString());
        return 0;
    }
}
