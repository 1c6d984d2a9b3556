using System.Diagnostics;
using AlbertCompiled.Tests.Infrastructure;

namespace AlbertCompiled.Tests.Packages;

/// <summary>A project that references nothing but the packages: it declares a model and trains it.</summary>
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

    readonly string folder = Directory.CreateTempSubdirectory("albert-packages-").FullName;

    [Fact]
    public void A_project_that_references_the_packages_compiles_and_trains_a_model()
    {
        string feed = Path.Combine(folder, "feed"), project = Path.Combine(folder, "Consumer", "Consumer.csproj");
        foreach (string packed in (string[])["src/AlbertCompiled", "models"]) Dotnet("pack", Path.Combine(Repository.Root, packed), "-c", Configuration, "--no-build", "-o", feed);
        Directory.CreateDirectory(Path.GetDirectoryName(project)!);
        File.WriteAllText(project, Project);
        File.WriteAllText(Path.Combine(folder, "Consumer", "Program.cs"), Program);

        // what the packages stand on was restored for this repository
        string restored = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        Dotnet("restore", project, "--source", feed, $"-p:RestoreFallbackFolders={restored}", $"-p:RestorePackagesPath={Path.Combine(folder, "packages")}");
        Dotnet("build", project, "--no-restore", "-o", Path.Combine(folder, "out"));
        Assert.Equal("learns", Dotnet("exec", Path.Combine(folder, "out", "Consumer.dll")).Trim());
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
