using AlbertCompiled.Bench;
using AlbertCompiled.Gate;

namespace AlbertCompiled.Tests.Gate;

public sealed class ResultsTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("albert-results").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Figures_are_read_after_their_command_and_win_over_its_options()
    {
        var times = Results.Times(["# infer device=cuda sentences=FILE", "tokens_per_s=12.5 sentences=512 device=NVIDIA H100", "exit code 0 after 1 s", "", "# gpu device=cuda", "m=n=k=8"]);
        Assert.Equal(2, times.Count);
        Assert.Equal("12.5", times[0]!["figures"]!["tokens_per_s"]!.ToString());
        Assert.Equal("512", times[0]!["figures"]!["sentences"]!.ToString());
        Assert.Equal("cuda", times[1]!["figures"]!["device"]!.ToString());
    }

    [Fact]
    public void Ours_stands_beside_the_same_work_of_the_peer()
    {
        Write("card.txt", "v1", "NVIDIA H100");
        Write("times.txt", "# train device=cuda B=32 S=512 dropout=0.1", "tokens_per_s=300 step_ms=2 of_peak=40 dtype=bf16 first_step_ms=2500 peak_mb=9", "exit code 0 after 3 s");
        Write("peer.jsonl",
            """{"part":"train","model":"plain","mode":"compile","S":512,"dropout":0.1,"attention":"default","tokens_per_s":200,"step_ms":3,"mfu":27}""",
            """{"part":"train","model":"plain","mode":"compile","S":512,"dropout":0.0,"attention":"default","tokens_per_s":250,"step_ms":3,"mfu":30}""",
            """{"part":"train","model":"plain","mode":"eager","S":512,"dropout":0.1,"error":"out of memory"}""");
        var parts = ResultsPage.Parts(Results.Gather(folder)).ToDictionary();
        string[] rows = parts["train"].TrimEnd().Split('\n');
        Assert.Equal(4, rows.Length);
        Assert.Equal("| S=512, B=32, dropout 0.1 | ours, bf16 | 300 | 2 | 40 | 9 | 2.50 |  |", rows[2]);
        Assert.EndsWith("| 1.50 |", rows[3]);
        Assert.Contains("out of memory", parts["failures"]);
        Assert.DoesNotContain("bench", parts["failures"]);
        Assert.Empty(parts["infer"]);
    }

    [Fact]
    public void A_benchmark_that_failed_is_told()
    {
        Write("times.txt", "# train device=cuda", "bench train: no cuda device", "exit code 2 after 1 s");
        Assert.Contains("no cuda device", ResultsPage.Parts(Results.Gather(folder)).ToDictionary()["failures"]);
    }

    [Fact]
    public void Tables_reach_the_page_and_what_was_not_measured_stays()
    {
        Write("card.txt", "NVIDIA H100");
        Write("times.txt", "# gpu device=cuda", "copy_gb_s=3000", "exit code 0 after 3 s");
        string page = Path.Combine(folder, "page.md");
        File.WriteAllText(page, "<!-- gpu:kernels -->\nold\n<!-- /gpu:kernels -->\n<!-- gpu:train -->\nnot measured\n<!-- /gpu:train -->\n");
        Assert.Equal(0, Report.Run([folder, "--write", page]));
        string text = File.ReadAllText(page);
        Assert.Contains("NVIDIA H100.\n\n    copy_gb_s=3000", text);
        Assert.DoesNotContain("old", text);
        Assert.Contains("not measured", text);
        Assert.True(File.Exists(Path.Combine(folder, "results.json")));
        Assert.Equal(0, Report.Run([Path.Combine(folder, "results.json")]));
    }

    [Fact]
    public void Cards_are_known_by_the_longest_name()
    {
        Assert.Equal(4800, CardPeak.Of("NVIDIA H200, 150.1 GB")!.Memory);
        Assert.Equal(3350, CardPeak.Of("NVIDIA H100 80GB HBM3, 85.0 GB")!.Memory);
        Assert.Equal(756.5e12, CardPeak.Of("NVIDIA H100 PCIe, 85.0 GB")!.Flops(Compute.BFloat16));
        Assert.Null(CardPeak.Of("PoCL"));
    }

    void Write(string name, params string[] lines) => File.WriteAllLines(Path.Combine(folder, name), lines);
}
