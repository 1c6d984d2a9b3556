using System.Diagnostics;
using AlbertCompiled.Tests.Infrastructure;
using AlbertCompiled.Training;

namespace AlbertCompiled.Tests.Packages;

/// <summary>Projects that reference nothing but the packages.</summary>
public sealed class PackageTests : IDisposable
{
    const string Project = """
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <TargetFramework>net10.0</TargetFramework>
            <Nullable>enable</Nullable>
            <ImplicitUsings>enable</ImplicitUsings>
            <UseAppHost>false</UseAppHost>
            <NuGetAudit>false</NuGetAudit>
          </PropertyGroup>
          <ItemGroup>
            <PackageReference Include="AlbertCompiled.Models" Version="0.1.0" />
          </ItemGroup>
        </Project>
        """;

    // the README's declaration, smaller, and a step
    const string Program = """
        using AlbertCompiled;
        using AlbertCompiled.Models;

        using var device = Device.Open("cpu", threads: 1);
        using var model = My.MyAlbert.Create(device, new Capacity(tokens: 64, sequences: 4), seed: 42);
        var batch = new TokenBatch(new Capacity(tokens: 64, sequences: 4));
        batch.Add([2, 5, 6, 3], [0, 0, 0, 0], predicted: [1], labels: [7], order: 0);
        float first = model.TrainStep(batch, new OptimizerSettings(Optimizer.AdamW, LearningRate: 1e-2f)).Loss;
        float second = model.TrainStep(batch, new OptimizerSettings(Optimizer.AdamW, LearningRate: 1e-2f)).Loss;
        Console.WriteLine(second < first ? "learns" : $"{first} {second}");

        namespace My
        {
            [Albert(Vocabulary = 50, Embedding = 16, Hidden = 32, Layers = 2, Heads = 2, Intermediate = 64)]
            [Pretraining]
            public sealed partial class MyAlbert;
        }
        """;

    // one that lies in no cache yet
    static readonly string Version = $"0.1.0-test.{DateTime.UtcNow.Ticks}";

    readonly string folder = Directory.CreateTempSubdirectory("albert-packages-").FullName;

    [Fact]
    public void A_project_that_references_the_packages_compiles_and_trains_a_model()
    {
        string project = Path.Combine(folder, "Consumer", "Consumer.csproj");
        Directory.CreateDirectory(Path.GetDirectoryName(project)!);
        File.WriteAllText(project, Project);
        File.WriteAllText(Path.Combine(folder, "Consumer", "Program.cs"), Program);
        Build(project, "src/AlbertCompiled", "models");
        Assert.Equal("learns", Dotnet("exec", Path.Combine(folder, "out", "Consumer.dll")).Trim());
    }

    [Fact]
    public void A_program_that_declare_wrote_has_the_command_line_for_its_model()
    {
        string program = Path.Combine(folder, "Own"), project = Path.Combine(program, "MyAlbert.csproj");
        Assert.Contains($"next: dotnet run -c Release --project {program} -- info MyAlbert", CliRun.Zoo("declare", "AlbertTiny", "--name", "MyAlbert", "--project", program).Succeeds().Output);
        Assert.StartsWith($"{program} is there already", CliRun.Zoo("declare", "AlbertTiny", "--project", program).Fails().Error["error: ".Length..]);
        Build(project, "src/AlbertCompiled", "models", "src/AlbertCompiled.Training", "src/AlbertCompiled.Experiments", "src/AlbertCompiled.Commands");
        // in place of what declare wrote, the program of the page
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "own-program.md"));
        File.WriteAllText(Path.Combine(program, "Program.cs"), page.Split("```csharp\n")[1].Split("```")[0].Replace("#:package", "// #:package", StringComparison.Ordinal));
        Build(project);
        Assert.Contains("MyAlbert.CpuTrain.g.cs", Directory.EnumerateFiles(Path.Combine(program, "generated"), "*", SearchOption.AllDirectories).Select(Path.GetFileName));
        Assert.StartsWith("MyTagger", Own("info", "MyTagger"));
        string[] models = Own("models").Split('\n');
        Assert.StartsWith("MyAlbert ", models[0]);
        Assert.Contains(models, m => m.StartsWith("AlbertBaseChooser ", StringComparison.Ordinal));
        string text = Path.Combine(folder, "text");
        Directory.CreateDirectory(text);
        File.WriteAllText(Path.Combine(text, "a.txt"), TestText.Documents(60, 30));
        string run = Path.Combine(folder, "run"), data = Path.Combine(folder, "data.csv");
        Assert.Contains($"run: {run}", Own("pretrain", "--text", text, "--steps", "2", "--batch-tokens", "512", "--sequence", "64", "--device", "cpu", "--run", run));
        Assert.Equal("MyAlbert", RunFolder.Open(run).Configuration.Model);
        File.WriteAllText(data, "text,label\nThe phone is good.,yes\nThe case is bad.,no\n");
        Assert.Contains("; AlbertSmallClassifier on ", Own("finetune", "classification", "--data", data, data, "--from", run, "--epochs", "1", "--device", "cpu", "--run", Path.Combine(folder, "tuned")));
        // the tool has no model of that name, but the same
        Assert.Contains("; AlbertSmallTagger on ", CliRun.Zoo("finetune", "tags", "--data", Tagged(), Tagged(), "--from", run, "--epochs", "1", "--run", Path.Combine(folder, "tags")).Succeeds().Output);

        string Tagged()
        {
            string file = Path.Combine(folder, "tags.conll");
            File.WriteAllText(file, "The O\ncase B-C\n\n");
            return file;
        }

        string Own(params string[] arguments) => Dotnet(["exec", Path.Combine(folder, "out", "MyAlbert.dll"), .. arguments]);
    }

    // what the packages stand on was restored for this repository
    void Build(string project, params string[] packages)
    {
        string feed = Path.Combine(folder, "feed"), restored = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        foreach (string packed in packages) Dotnet("pack", Path.Combine(Repository.Root, packed), "-c", Configuration, "--no-build", $"-p:Version={Version}", "-o", feed);
        File.WriteAllText(project, File.ReadAllText(project).Replace("\"0.1.0\"", $"\"{Version}\"", StringComparison.Ordinal));
        Dotnet("restore", project, "--source", feed, $"-p:RestoreFallbackFolders={restored}", $"-p:RestorePackagesPath={Path.Combine(folder, "packages")}", "-p:NuGetAudit=false");
        Dotnet("build", project, "--no-restore", "-o", Path.Combine(folder, "out"), "-p:UseAppHost=false");
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    // of this very build
    static string Configuration => Path.GetFileName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)))!;

    static string Dotnet(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"dotnet {string.Join(' ', arguments)}\n{output}{error.Result}");
        return output;
    }
}
