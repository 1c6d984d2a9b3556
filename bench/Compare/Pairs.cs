using System.Globalization;

namespace AlbertCompiled.Bench;

/// <summary>Two contestants measured in turn, so that what else the machine does meets both.</summary>
/// <param name="Work">What they did.</param>
/// <param name="Peer">The other one's name.</param>
/// <param name="Figures">Tokens per second of ours and of the peer, pair by pair.</param>
internal sealed record Pairs(string Work, string Peer, IReadOnlyList<(double Ours, double Peer)> Figures)
{
    /// <summary>How many times as fast we are: the median of the pairs' ratios.</summary>
    public double Ratio => Median.Of(Figures.Select(f => f.Ours / f.Peer));

    /// <summary>Runs both <paramref name="count"/> times; who is first changes from pair to pair.</summary>
    public static Pairs Measure(string work, Contestant ours, Contestant peer, int count)
    {
        var figures = new List<(double, double)>();
        for (int pair = 0; pair < count; pair++)
        {
            double first = (pair % 2 == 0 ? ours : peer).TokensPerSecond(), second = (pair % 2 == 0 ? peer : ours).TokensPerSecond();
            figures.Add(pair % 2 == 0 ? (first, second) : (second, first));
        }

        return new(work, peer.Name, figures);
    }

    public static string Table(IEnumerable<Pairs> rows) => string.Join('\n',
    [
        "| work | peer | ours, tokens/s | peer, tokens/s | ratio of each pair | median |",
        "|---|---|---|---|---|---|",
        .. rows.Select(r => $"| {r.Work} | {r.Peer} | {List(r.Figures.Select(f => f.Ours), "F0")} | {List(r.Figures.Select(f => f.Peer), "F0")} "
            + $"| {List(r.Figures.Select(f => f.Ours / f.Peer), "F2")} | {r.Ratio.ToString("F2", CultureInfo.InvariantCulture)} |"),
    ]);

    static string List(IEnumerable<double> values, string format) => string.Join(", ", values.Select(v => v.ToString(format, CultureInfo.InvariantCulture)));
}
