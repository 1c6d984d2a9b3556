using System.Collections.Concurrent;
using System.Reflection;

namespace AlbertCompiled.Gpu;

/// <summary>
/// Which code a type's methods may run: the modules of the type, of its arguments and of what these refer to, each by the number that its compiler gave to this content, and
/// the version of .NET for the rest.
/// </summary>
internal static class CodeBehind
{
    static readonly ConcurrentDictionary<Assembly, string[]> Known = [];

    /// <summary>The modules behind a type, in an order that follows from them.</summary>
    public static IEnumerable<string> Of(Type type) => [$"{Environment.Version}", .. AssembliesOf(type).SelectMany(a => Known.GetOrAdd(a, Modules)).Distinct().Order(StringComparer.Ordinal)];

    static IEnumerable<Assembly> AssembliesOf(Type type) => type.GenericTypeArguments.SelectMany(AssembliesOf).Prepend(type.Assembly).Distinct();

    static string[] Modules(Assembly root)
    {
        var found = new HashSet<Assembly>();
        var waiting = new Stack<Assembly>(IsFramework(root.GetName()) ? [] : [root]);
        while (waiting.TryPop(out var assembly))
        {
            if (!found.Add(assembly)) continue;
            foreach (var name in assembly.GetReferencedAssemblies())
                if (!IsFramework(name) && TryLoad(name) is { } referred) waiting.Push(referred);
        }

        return [.. found.Select(a => $"{a.GetName().Name} {a.ManifestModule.ModuleVersionId}")];
    }

    // what .NET is made of is signed; what has such a name and is not, is a user's
    static bool IsFramework(AssemblyName name) => name is { Name: { } simple } && name.GetPublicKeyToken() is { Length: > 0 }
        && (simple.StartsWith("System.", StringComparison.Ordinal) || simple.StartsWith("Microsoft.", StringComparison.Ordinal) || simple is "mscorlib" or "netstandard");

    // what cannot be loaded cannot be run either
    static Assembly? TryLoad(AssemblyName name)
    {
        try
        {
            return Assembly.Load(name);
        }
        catch (Exception e) when (e is IOException or BadImageFormatException)
        {
            return null;
        }
    }
}
