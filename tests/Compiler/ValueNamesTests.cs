using AlbertCompiled.Tests.Infrastructure;

namespace AlbertCompiled.Tests.Compiler;

/// <summary>Generated kernels call their values what the definition and the library call them.</summary>
public class ValueNamesTests
{
    const string Fields = Subject.Fields + """
            readonly NormLayer norm = new(Weight("norm.weight", c.Hidden, Initial.One), Weight("norm.bias", c.Hidden, Initial.Zero));
        """;

    const string Loss = """var loss = Mean(CrossEntropy(Linear(Rows(y, batch.First), head), batch.Order)); return new Outputs(("loss", loss)); """;

    [Fact]
    public void A_normalisation_reads_as_in_a_textbook()
    {
        string kernels = Files($"var x = Rows(table, batch.Tokens); var y = LayerNorm(x, norm, 1e-6); {Loss}")["Model.CpuTrain.Kernels.g.cs"];
        string forward = Struct(kernels, "YLayerNorm"), backward = Struct(kernels, "YLayerNormGradient");
        foreach (string line in (string[])["float mean = total / 12f;", "yMean[row] = mean;", "yInverse[row] = inverse;", " - mean;", "centred * centred;"]) Assert.Contains(line, forward);
        foreach (string line in (string[])["float mean = yMean[row];", "float inverse = yInverse[row];", "centred = ", "dNormalized = ", "float dInverse = "]) Assert.Contains(line, backward);
        // forward work that is done again is no gradient
        foreach (string name in (string[])["dMean", "dDifference", "dCentred = Lanes1.Load(x"]) Assert.DoesNotContain(name, backward);
    }

    [Fact]
    public void Two_normalisations_in_one_kernel_number_their_values()
    {
        string kernels = Files($"var x = Rows(table, batch.Tokens); var y = LayerNorm(LayerNorm(x, norm, 1e-6), norm, 1e-6); {Loss}")["Model.CpuTrain.Kernels.g.cs"];
        Assert.Contains("float mean = ", kernels);
        Assert.Contains("float mean2 = ", kernels);
    }

    [Fact]
    public void Words_of_the_definition_stay_free()
    {
        var files = Files("""
            var first = Rows(Rows(table, batch.Tokens), batch.First);
            var loss = Mean(CrossEntropy(Linear(first, head), batch.Order));
            return new Outputs(("loss", loss));
            """);
        Assert.Contains("float* first;", files["Model.CpuTrain.Plan.g.cs"]);
        Assert.DoesNotContain("first2", files["Model.CpuTrain.Plan.g.cs"]);
    }

    [Theory]
    [InlineData("\"a loss of which much is said\"")]
    [InlineData("\"2nd\"")]
    [InlineData("\"a\\\"b\"")]
    [InlineData("\"\\\"\"")]
    [InlineData("\"+\"")]
    [InlineData("\"\"\"raw\"\"\"")]
    [InlineData("nameof(head)")]
    public void Whatever_an_output_is_called(string name) =>
        Files($$"""var y = Rows(table, batch.Tokens); return new Outputs(("loss", Mean(CrossEntropy(Linear(Rows(y, batch.First), head), batch.Order))), ({{name}}, Mean(RowSum(y * y)))); """);

    static string Struct(string kernels, string name)
    {
        int start = kernels.IndexOf($"struct {name}(", StringComparison.Ordinal);
        Assert.True(start >= 0, kernels);
        int end = kernels.IndexOf("\n        }\n", start, StringComparison.Ordinal);
        return kernels[start..end];
    }

    static Dictionary<string, string> Files(string body)
    {
        var result = GeneratorHarness.Run(GeneratorHarness.Compilation(Subject.Source(fields: Fields, body: body)));
        Assert.Empty(result.Diagnostics);
        return result.GeneratedSources.ToDictionary(s => s.HintName, s => s.SourceText.ToString());
    }
}
