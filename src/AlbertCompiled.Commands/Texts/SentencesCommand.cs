using System.CommandLine;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using AlbertCompiled.Training;

namespace AlbertCompiled.Commands;

/// <summary><c>albert sentences</c>: the training sentences of a text, each once: what a vocabulary is trained on.</summary>
static class SentencesCommand
{
    public static Command Create(CommandContext context)
    {
        var options = new TextOptions();
        var command = new Command("sentences", "Writes the training sentences of a text, each once, a line each: what a vocabulary is trained on.");
        foreach (var option in options.All) command.Options.Add(option);
        command.SetAction(parsed =>
        {
            var source = options.Source(parsed);
            using var interruption = context.Interruption();
            var seen = new HashSet<UInt128>(); // 16 bytes a sentence, whatever its length
            using var output = new LineBuffer(context.Out);
            foreach (var document in source.Read())
            {
                interruption.Token.ThrowIfCancellationRequested();
                if (document.HeldOut) continue;
                foreach (var sentence in document.Sentences)
                    if (seen.Add(Checksum(sentence.Text))) output.Write(sentence.Text);
            }

            context.Warn(source.Report);
            return 0;
        });
        return command.WithExamples("sentences > sentences.txt", "sentences --text books/ > sentences.txt", "sentences --text wiki.parquet --column article --split sentences");
    }

    static UInt128 Checksum(string text) => MemoryMarshal.Read<UInt128>(SHA256.HashData(MemoryMarshal.AsBytes(text.AsSpan())));
}
