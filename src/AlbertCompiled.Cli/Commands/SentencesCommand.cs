using System.CommandLine;
using AlbertCompiled.Training;

namespace AlbertCompiled.Cli;

/// <summary><c>albert sentences</c>: the training sentences of a text, each once: what a vocabulary is trained on.</summary>
static class SentencesCommand
{
    public static Command Create(CommandContext context)
    {
        var text = new PretrainOptions().Text;
        var command = new Command("sentences", "Writes the training sentences of a text, each once, a line each: what a vocabulary is trained on.") { text };
        command.SetAction(parsed =>
        {
            var seen = new HashSet<string>();
            foreach (var document in PretrainSettings.Text(parsed.GetValue(text)!).Read())
                if (!document.HeldOut)
                    foreach (var sentence in document.Sentences)
                        if (seen.Add(sentence.Text)) context.Out.WriteLine(sentence.Text);
            return 0;
        });
        return command.WithExamples("sentences > sentences.txt", "sentences --text books/ > sentences.txt");
    }
}
