using System.Reflection;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace AlbertCompiled.Gate;

/// <summary><c>gate tests</c>: runs tests of this folder's test assembly without a test platform and prints what failed.</summary>
static class TestRun
{
    const string Assembly = "AlbertCompiled.Tests";

    public static int Run(string[] arguments)
    {
        if (!Arguments.TryParse(arguments, out var given, "--class", "--filter", "--need", "--json", "--list")) return 2;
        if (given.Rest.Count > 0) return Arguments.Complain($"gate tests: {given.Rest[0]} is not an option");
        string[] classes = given.Texts("--class"), filters = given.Texts("--filter");
        if (given.Text("--need") is { } kind && Absence(kind) is { } reason) return Arguments.Complain($"gate tests: no {kind} device: {reason}");

        var assembly = System.Reflection.Assembly.Load(Assembly);
        var sink = new TestReport(Console.Out);
        using var framework = new XunitTestFramework(sink);
        var cases = new List<ITestCase>();
        using (var discoverer = framework.GetDiscoverer(Reflector.Wrap(assembly)))
        {
            foreach (var type in Loadable(assembly).Where(t => t is { IsClass: true, IsAbstract: false } && Holds(classes, t.FullName!) && HasTests(t)))
            {
                using var found = new TestDiscovery();
                discoverer.Find(type.FullName!, includeSourceInformation: false, found, new TestOptions());
                if (!found.Wait(TimeSpan.FromSeconds(10))) Console.Error.WriteLine($"gate tests: left out {type.FullName}, which cannot be searched for tests");
                cases.AddRange(found.Cases.Where(c => Holds(filters, $"{type.FullName}.{c.TestMethod.Method.Name} {c.DisplayName}")));
            }
        }

        if (given.Text("--list") is { } what) return List(what, cases);

        using var executor = framework.GetExecutor(assembly.GetName());
        executor.RunTests(cases, sink, new TestOptions());
        sink.Wait();
        if (given.Text("--json") is { } file) File.WriteAllText(file, sink.Json());
        Console.WriteLine(sink.Summary);
        return sink.Failed > 0 ? 1 : sink.Passed == 0 ? Arguments.Complain("gate tests: no test ran") : 0;
    }

    static int List(string what, List<ITestCase> cases)
    {
        if (what is not ("classes" or "tests")) return Arguments.Complain($"gate tests: --list {what} is neither classes nor tests");
        foreach (string name in cases.Select(c => what == "classes" ? c.TestMethod.TestClass.Class.Name : c.DisplayName).Distinct()) Console.WriteLine(name);
        return cases.Count > 0 ? 0 : Arguments.Complain("gate tests: no test has such a name");
    }

    static string? Absence(string kind) => Device.List().FirstOrDefault(d => d.Kind == kind) is { } info ? info.Absent : "there is no such kind";

    static bool Holds(string[] texts, string name) => texts.Length == 0 || texts.Any(t => name.Contains(t, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether a class has test methods, all of whose parts travelled.</summary>
    static bool HasTests(Type type)
    {
        try
        {
            type.GetInterfaces();
            type.GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance);
            return type.GetMethods().Select(m => (m.GetParameters(), m.GetCustomAttributes(inherit: true))).ToList().Any(m => m.Item2.OfType<Xunit.FactAttribute>().Any());
        }
        catch (Exception e) when (e is FileNotFoundException or TypeLoadException)
        {
            return false;
        }
    }

    /// <summary>Types whose dependencies travelled; those of the compiler's tests stay at home.</summary>
    static IEnumerable<Type> Loadable(Assembly assembly)
    {
        try
        {
            return assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException e)
        {
            return e.Types.OfType<Type>();
        }
    }
}
