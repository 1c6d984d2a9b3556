using AlbertCompiled.Models;
using AlbertCompiled.Training;

namespace AlbertCompiled.Cli;

/// <summary>A model compiled for a kind of task.</summary>
/// <param name="Base">Name of the model that it is, with another head.</param>
/// <param name="Program">Its inference program: "classify", "regress", "answer", "tag" or "choose".</param>
/// <param name="Model">The model.</param>
public sealed record TaskModel(string Base, string Program, RegisteredModel Model);

/// <summary>The models that can be fine-tuned on the command line.</summary>
/// <param name="models">All of them.</param>
public sealed class TaskModels(params IReadOnlyList<TaskModel> models)
{
    /// <summary>Those of the zoo.</summary>
    public static TaskModels Zoo { get; } = new(
        new(nameof(AlbertTiny), "classify", new(AlbertTinyClassifier.Compiled, AlbertTinyClassifier.Create)),
        new(nameof(AlbertTiny), "regress", new(AlbertTinyRegressor.Compiled, AlbertTinyRegressor.Create)),
        new(nameof(AlbertTiny), "answer", new(AlbertTinyAnswerer.Compiled, AlbertTinyAnswerer.Create)),
        new(nameof(AlbertTiny), "tag", new(AlbertTinyTagger.Compiled, AlbertTinyTagger.Create)),
        new(nameof(AlbertTiny), "choose", new(AlbertTinyChooser.Compiled, AlbertTinyChooser.Create)),
        new(nameof(AlbertSmall), "classify", new(AlbertSmallClassifier.Compiled, AlbertSmallClassifier.Create)),
        new(nameof(AlbertSmall), "regress", new(AlbertSmallRegressor.Compiled, AlbertSmallRegressor.Create)),
        new(nameof(AlbertSmall), "answer", new(AlbertSmallAnswerer.Compiled, AlbertSmallAnswerer.Create)),
        new(nameof(AlbertSmall), "tag", new(AlbertSmallTagger.Compiled, AlbertSmallTagger.Create)),
        new(nameof(AlbertSmall), "choose", new(AlbertSmallChooser.Compiled, AlbertSmallChooser.Create)),
        new(nameof(AlbertBase), "classify", new(AlbertBaseClassifier.Compiled, AlbertBaseClassifier.Create)),
        new(nameof(AlbertBase), "regress", new(AlbertBaseRegressor.Compiled, AlbertBaseRegressor.Create)),
        new(nameof(AlbertBase), "answer", new(AlbertBaseAnswerer.Compiled, AlbertBaseAnswerer.Create)));

    /// <summary>All models.</summary>
    public IReadOnlyList<TaskModel> Models => models;

    /// <summary>The model of this name, whatever its case; null if there is none.</summary>
    public TaskModel? TryFind(string name) => models.FirstOrDefault(m => m.Model.Description.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The model of this name.</summary>
    /// <exception cref="TrainingException">There is none.</exception>
    public TaskModel Named(string name) => TryFind(name) ?? throw new TrainingException($"no model for tasks is called {name}; there are {Names}");

    /// <summary>A model with another head.</summary>
    /// <exception cref="TrainingException">It was not compiled for such tasks.</exception>
    public TaskModel Find(string named, string program) =>
        models.FirstOrDefault(m => m.Base.Equals(named, StringComparison.OrdinalIgnoreCase) && m.Program == program)
        ?? throw new TrainingException($"{named} was not compiled with a program {program}; for tasks there are {Names}; declare another in C# and train it from there");

    /// <summary>The model that computes what a published folder says.</summary>
    /// <exception cref="TrainingException">There is none.</exception>
    public TaskModel Find(PublishedFolder folder, string program) =>
        models.FirstOrDefault(m => m.Program == program && folder.Config.Differences(m.Model.Description).Count == 0)
        ?? throw new TrainingException($"no compiled model with a program {program} computes what {folder.Folder} says; for tasks there are {Names}; albert declare prints how another is declared in C#, to train it from there");

    string Names => string.Join(", ", models.Select(m => m.Model.Description.Name));
}
