using System.Reflection;
using AlbertCompiled.Training;

namespace AlbertCompiled.Commands;

/// <summary>A program with this command line and a model of one's own: a project and its source.</summary>
/// <param name="Project">The project's file.</param>
/// <param name="Source">The C# file.</param>
sealed record OwnProgram(string Project, string Source)
{
    static string Version => typeof(OwnProgram).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>Writes it.</summary>
    /// <param name="folder">Where to; made if it is not there.</param>
    /// <param name="type">The model.</param>
    /// <param name="declaration">Its declaration.</param>
    /// <exception cref="TrainingException">The folder holds something, or cannot be written.</exception>
    public static OwnProgram Create(string folder, string type, string declaration)
    {
        if (File.Exists(folder) || Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
            throw new TrainingException($"{folder} is there already: --project makes a new folder; choose another");
        if (type is nameof(CommandLine) or nameof(ModelRegistry)) throw new TrainingException($"the program has another type {type}: choose another --name");
        var program = new OwnProgram(Path.Combine(folder, $"{type}.csproj"), Path.Combine(folder, "Program.cs"));
        try
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(program.Project, $"""
                <Project Sdk="Microsoft.NET.Sdk">
                  <PropertyGroup>
                    <OutputType>Exe</OutputType>
                    <TargetFramework>net10.0</TargetFramework>
                    <Nullable>enable</Nullable>
                    <ImplicitUsings>enable</ImplicitUsings>
                    <!-- what the model was compiled to: to be read, and committed, so that a change of it is seen -->
                    <EmitCompilerGeneratedFiles>true</EmitCompilerGeneratedFiles>
                    <CompilerGeneratedFilesOutputPath>generated</CompilerGeneratedFilesOutputPath>
                  </PropertyGroup>
                  <ItemGroup>
                    <Compile Remove="generated/**" />
                    <PackageReference Include="AlbertCompiled.Commands" Version="{Version}" />
                  </ItemGroup>
                </Project>

                """);
            File.WriteAllText(program.Source, $"""
                using AlbertCompiled;
                using AlbertCompiled.Commands;
                using AlbertCompiled.Models;

                // of two models that fit, the first is taken
                return CommandLine.Run(args, new ModelRegistry().With<{type}>().With(ModelRegistry.Zoo));

                {declaration}

                """);
            return program;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrainingException($"cannot write {folder}: {e.Reason(folder)}", e);
        }
    }
}
