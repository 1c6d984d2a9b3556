using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AlbertCompiled.Tests.Language;

/// <summary>Holds docs/language.md to the code: it describes every operation, its programs run, its examples give what they say.</summary>
public partial class LanguagePageTests
{
    static readonly string Page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", "language.md"));

    // What the page says about its examples, in C#.
    const string Harness = """
        using System;
        using System.Collections.Generic;
        using System.Globalization;
        using System.Linq;
        using AlbertCompiled;
        using static AlbertCompiled.Library;
        using static AlbertCompiled.Primitives;

        public sealed class Weights : ModelGraph
        {
            public readonly Tensor Ones = Weight("ones", 2, Initial.One), Zeros = Weight("zeros", 2, Initial.Zero), Zero = Weight("zero", 1, Initial.Zero);
            public readonly Tensor Sum = Weight("sum", 1, 2, Initial.One);
        }

        public static class Examples
        {
            public static List<(string Expression, string Expected, string Actual)> Run()
            {
                var w = new Weights();
                Tensor m = new(2, 2, [1, 2, 3, 4]), qkv = new(2, 3, [0, 0, 1, 0, 0, 3]), ones = w.Ones, zeros = w.Zeros;
                LinearLayer line = new(w.Sum, w.Zero);
                NormLayer norm = new(ones, zeros);
                var batch = new TokenBatch(new Capacity(2, 1, 2));
                batch.Add([5, 6], [0, 0], [1, 0], [8, 9], 0);
                var i = batch.Predicted; // rows 1 and 0
                var results = new List<(string, string, string)>();
                /*examples*/
                return results;
            }

            static string Show(Tensor x) => "[" + string.Join("; ", Enumerable.Range(0, x.Rows).Select(r => string.Join(", ", Enumerable.Range(0, x.Columns).Select(c => (Math.Round(x[r, c], 3) + 0.0).ToString("0.###", CultureInfo.InvariantCulture))))) + "]";
        }
        """;

    [Fact]
    public void Every_operation_is_described_with_its_parameters()
    {
        string[] first = [.. Page.Split('\n').Where(l => l.StartsWith('|')).Select(l => l.Split('|')[1])];
        var methods = ((Type[])[typeof(Primitives), typeof(Library)]).SelectMany(t => t.GetMethods(BindingFlags.Public | BindingFlags.Static)).Where(m => !m.IsSpecialName).ToArray();
        Assert.InRange(methods.Length, 35, 100);
        foreach (var method in methods)
        {
            string signature = $"`{method.Name}({string.Join(", ", method.GetParameters().Select(p => p.Name))})`";
            Assert.True(first.Any(cell => cell.Contains(signature)), $"docs/language.md has no row for {signature}");
        }
    }

    [Fact]
    public void Every_described_operation_exists_and_has_an_example()
    {
        var names = ((Type[])[typeof(Primitives), typeof(Library)]).SelectMany(t => t.GetMethods(BindingFlags.Public | BindingFlags.Static)).Select(m => m.Name).ToHashSet();
        string tables = Page[Page.IndexOf("## Primitives")..Page.IndexOf("## Programs")];
        string[] rows = [.. tables.Split('\n').Where(l => l.StartsWith("| `"))];
        Assert.InRange(rows.Length, 35, 100);
        foreach (string row in rows)
        {
            if (Operation().Match(row) is { Success: true } operation) Assert.Contains(operation.Groups[1].Value, names);
            Assert.Matches(Example(), row);
        }
    }

    [Fact]
    public void Every_attribute_is_described()
    {
        foreach (var type in typeof(DefinitionAttribute).Assembly.GetExportedTypes().Where(t => typeof(Attribute).IsAssignableFrom(t)))
        {
            if (type == typeof(DefinitionTextAttribute) || type == typeof(ProgramAttribute)) continue; // written by the generator; base class
            Assert.Contains(type.IsAbstract ? "ArchitectureAttribute<TGraph>" : $"`[{type.Name[..^"Attribute".Length]}", Page);
        }
    }

    [Fact]
    public void Every_index_of_a_batch_is_described()
    {
        foreach (var property in typeof(TokenBatch).GetProperties().Where(p => p.PropertyType == typeof(Indices)))
            Assert.Contains($"| `batch.{property.Name}` |", Page);
    }

    [Fact]
    public void Every_example_gives_what_it_says()
    {
        var code = new StringBuilder();
        var examples = Example().Matches(Page);
        Assert.InRange(examples.Count, 35, 100);
        foreach (Match example in examples)
            code.AppendLine($"results.Add(({Literal(example.Groups[1].Value)}, {Literal(example.Groups[2].Value)}, Show({example.Groups[1].Value})));");
        var results = (List<(string Expression, string Expected, string Actual)>)Run(Harness.Replace("/*examples*/", code.ToString()), "Examples")!;
        Assert.All(results, r => Assert.Equal($"{r.Expression} = {r.Expected}", $"{r.Expression} = {r.Actual}"));
    }

    [Fact]
    public void The_programs_run()
    {
        string[] blocks = [.. Block().Matches(Page).Select(m => m.Groups[1].Value)];
        Assert.Equal(2, blocks.Length);
        string program = $$"""
            {{blocks[0]}}
            public static class Program
            {
                public static double[] Run()
                {
                    {{blocks[1]}}
                    return [loss, slope, accuracy];
                }
            }
            """;
        var results = (double[])Run(program, "MyModels.Program")!;
        Assert.InRange(results[0], 4, 5.2); // about ln 100
        Assert.NotEqual(0, results[1]);
        Assert.InRange(results[2], 0, 1);
    }

    static object? Run(string code, string type)
    {
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Where(File.Exists).Select(p => MetadataReference.CreateFromFile(p));
        var compilation = CSharpCompilation.Create(
            "LanguagePage" + type.Length, [CSharpSyntaxTree.ParseText(code)], references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        using var image = new MemoryStream();
        var result = compilation.Emit(image);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error)));
        return Assembly.Load(image.ToArray()).GetType(type)!.GetMethod("Run")!.Invoke(null, null);
    }

    static string Literal(string text) => SymbolDisplay.FormatLiteral(text, quote: true);

    [GeneratedRegex(@"^\| `(\w+)\(")]
    private static partial Regex Operation();

    [GeneratedRegex(@"\| `([^`]+)` = `(\[[^`]+\])` \|")]
    private static partial Regex Example();

    [GeneratedRegex(@"```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
