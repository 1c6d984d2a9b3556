using System.Collections.Immutable;
using AlbertCompiled.Tests.Infrastructure;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace AlbertCompiled.Tests.Compiler;

/// <summary>A small definition to vary: one file with the attribute, the definition and a model. <c>[|marks|]</c> say where a diagnostic belongs.</summary>
static class Subject
{
    public const string Fields = """
        readonly Tensor table = Weight("table", c.Vocabulary, c.Hidden, Initial.Normal(0.02));
            readonly LinearLayer head = new(Weight("head.weight", 2, c.Hidden, Initial.Normal(0.02)), Weight("head.bias", 2, Initial.Zero));
        """;

    public const string Body = """
        var x = Rows(table, batch.Tokens);
                var loss = Mean(CrossEntropy(Linear(Rows(x, batch.First), head), batch.Order));
                return new Outputs(("loss", loss));
        """;

    public const string Model = "[Net, Pretraining] public sealed partial class Model;";

    /// <param name="fields">Of the definition.</param>
    /// <param name="body">Of its program.</param>
    /// <param name="members">Further members of the definition.</param>
    /// <param name="properties">Further members of the attribute.</param>
    /// <param name="model">The declared class.</param>
    public static string Source(string fields = Fields, string body = Body, string members = "", string properties = "", string model = Model) => $$"""
        using static AlbertCompiled.Library;
        using static AlbertCompiled.Primitives;

        {{model}}

        public enum Kind { One, Two, Three }

        [Definition]
        public sealed class NetAttribute : ArchitectureAttribute<NetGraph>
        {
            public int Vocabulary { get; set; } = 10;
            public int Hidden { get; set; } = 12;
            public int Layers { get; set; } = 3;
            public int Heads { get; set; } = 2;
            public double Dropout { get; set; }
            public Kind Kind { get; set; } = Kind.Two;
            public string Name { get; set; } = "net";
            {{properties}}
        }

        [Definition]
        public sealed class NetGraph(NetAttribute c) : ModelGraph
        {
            {{fields}}

            {{members}}

            public Outputs Pretraining(TokenBatch batch)
            {
                {{body}}
            }
        }
        """;

    /// <summary>The text without its marks, and the marked spans.</summary>
    public static (string Text, ImmutableArray<TextSpan> Marks) Unmark(string marked)
    {
        var spans = ImmutableArray.CreateBuilder<TextSpan>();
        for (; ; )
        {
            int start = marked.IndexOf("[|", StringComparison.Ordinal), end = marked.IndexOf("|]", StringComparison.Ordinal);
            if (start < 0) return (marked, spans.ToImmutable());
            spans.Add(TextSpan.FromBounds(start, end - 2));
            marked = marked.Remove(end, 2).Remove(start, 2);
        }
    }

    /// <summary>The generator's diagnostics for a marked source, which lie at the marks and have the id.</summary>
    public static ImmutableArray<Diagnostic> Expect(string id, string marked)
    {
        var (text, marks) = Unmark(marked);
        Assert.NotEmpty(marks);
        var result = GeneratorHarness.Run(GeneratorHarness.Compilation(text));
        Assert.Equal(marks.Select(m => $"{id} at '{text.Substring(m.Start, m.Length)}' {m}"), result.Diagnostics.OrderBy(d => d.Location.SourceSpan).Select(d => $"{d.Id} at '{d.Marked()}' {d.Location.SourceSpan}"));
        return result.Diagnostics;
    }

    /// <summary>The message of the only diagnostic.</summary>
    public static string Message(string id, string marked) => Assert.Single(Expect(id, marked)).GetMessage();
}
