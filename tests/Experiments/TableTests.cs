using System.Text.Json;
using AlbertCompiled.Experiments;

namespace AlbertCompiled.Tests.Experiments;

/// <summary>The tables as they are declared, and the parameters that are counted for the first of them.</summary>
public class TableTests
{
    public static TheoryData<string> Names => new(PaperExperiments.All.Select(e => e.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public void Rows_columns_and_claims_go_together(string name)
    {
        var experiment = PaperExperiments.Find(name.ToUpperInvariant());
        string[] rows = [.. experiment.Rows.Select(r => r.Name)];
        Assert.Equal(rows.Length, rows.Distinct().Count());
        foreach (var row in experiment.Rows)
        {
            Assert.True(ExperimentModel.Find(row.Configuration).Description.Trains);
            Assert.True(row.Paper.Count == 0 || row.Paper.Count == experiment.PaperColumns.Count, row.Name);
            if (row.TimeOf is { } reference) Assert.Null(experiment.Row(reference).TimeOf);
        }

        Assert.NotEmpty(experiment.Claims);
        foreach (var claim in experiment.Claims)
        {
            string[] spokenOf = claim switch
            {
                ContrastClaim c => [.. c.Contrast.Select(t => t.Row)],
                LevelClaim l => [l.Row],
                AboveClaim a => [a.Row],
                RoundsClaim r => [r.Row],
                _ => throw new NotSupportedException($"{claim}"),
            };
            Assert.All(spokenOf, row => Assert.Contains(row, rows));
            if (claim is ContrastClaim contrast) Assert.Equal(0, contrast.Contrast.Sum(c => c.Weight));
        }

        Assert.All(experiment.Plots, p => Assert.InRange(p.Paper, -1, experiment.PaperColumns.Count - 1));
    }

    [Theory]
    [InlineData("BertBase", "bert_base", 768, 768, 12, false)]
    [InlineData("BertLarge", "bert_large", 1024, 1024, 24, false)]
    [InlineData("AlbertBase", "albert_base", 128, 768, 12, true)]
    [InlineData("AlbertLarge", "albert_large", 128, 1024, 24, true)]
    [InlineData("AlbertXLarge", "albert_xlarge", 128, 2048, 24, true)]
    [InlineData("AlbertXXLarge", "albert_xxlarge", 128, 4096, 12, true)]
    public void Parameters_are_those_of_the_formula(string model, string golden, long e, long h, long layers, bool shared)
    {
        const long v = ParameterCount.PaperVocabulary, positions = 512, segments = 2;
        long layer = 4 * (h * h + h) + 2 * h + (h * 4 * h + 4 * h) + (4 * h * h + h) + 2 * h;
        long encoder = (v + positions + segments) * e + 2 * e + (e == h ? 0 : e * h + h) + (shared ? 1 : layers) * layer;
        long pooler = h * h + h, heads = h * e + e + 2 * e + v + 2 * h + 2;
        var counted = ParameterCount.Of(new(model, AlbertCompiled.Training.Objective.None, 1, 0, "", "")).Values;
        Assert.Equal(encoder, counted[Measured.Encoder]);
        Assert.Equal(encoder + pooler, counted[Measured.EncoderAndPooler]);
        Assert.Equal(encoder + pooler + heads, counted[Measured.Parameters]);

        var kept = Golden.Json("i_params", "param_counts.json").EnumerateObject().Select(p => p.Value).First(p => p.ValueKind == JsonValueKind.Object && p.TryGetProperty(golden, out _)).GetProperty(golden);
        Assert.Equal(kept.GetProperty("encoder_no_pooler").GetDouble(), counted[Measured.Encoder]);
        Assert.Equal(kept.GetProperty("pretraining_total").GetDouble(), counted[Measured.Parameters]);
    }

    [Fact]
    public void The_rows_of_a_table_differ_in_what_it_is_about_alone()
    {
        Assert.Equal(["Embedding"], Differences("SharedE8", "SharedE64"));
        Assert.Equal(["Sharing"], Differences("SharedE16", "OwnE16"));
        Assert.Equal(["Sharing"], Differences("SharedAttentionE64", "SharedFeedForwardE64"));
        Assert.Equal(["Groups"], Differences("SharedE16", "TwoGroupsE16"));
        Assert.Equal(["AttentionDropout", "Dropout"], Differences("SharedE16", "DropoutE16"));
        Assert.Equal(["Layers"], Differences("SharedE16", "DeepSharedE16"));
        Assert.Equal(["Embedding", "Sharing"], Differences("DeepSharedE16", "DeepOwnE64"));
        Assert.Equal(["Heads", "Hidden", "Intermediate"], Differences("SharedE16", "WideE16"));
    }

    static string[] Differences(string a, string b) =>
        [.. ExperimentModel.Find(a).Description.Configuration.Except(ExperimentModel.Find(b).Description.Configuration).Select(p => p.Name).Order(StringComparer.Ordinal)];
}
