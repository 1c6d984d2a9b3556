using AlbertCompiled.Models;
using AlbertCompiled.Training;

namespace AlbertCompiled.Cli;

/// <summary>Creates a compiled model on a device.</summary>
/// <param name="device">Where it runs.</param>
/// <param name="capacity">The largest batch it takes.</param>
/// <param name="seed">Seed of initialisation and dropout.</param>
/// <param name="precision">What products compute in; null: what the model declares.</param>
public delegate CompiledModel ModelFactory(Device device, Capacity capacity, ulong seed = 42, Compute? precision = null);

/// <summary>A model that the command line knows.</summary>
/// <param name="Description">What the compiler knows about it.</param>
/// <param name="Create">Makes an instance.</param>
public sealed record RegisteredModel(ModelDescription Description, ModelFactory Create);

/// <summary>The models that can be named on the command line.</summary>
/// <param name="models">All of them; the first is the default.</param>
public sealed class ModelRegistry(params IReadOnlyList<RegisteredModel> models)
{
    /// <summary>The zoo.</summary>
    public static ModelRegistry Zoo { get; } = new(
        new RegisteredModel(AlbertTiny.Compiled, AlbertTiny.Create),
        new RegisteredModel(AlbertSmall.Compiled, AlbertSmall.Create),
        new RegisteredModel(AlbertBase.Compiled, AlbertBase.Create),
        new RegisteredModel(AlbertBaseEncoder.Compiled, AlbertBaseEncoder.Create),
        new RegisteredModel(AlbertLarge.Compiled, AlbertLarge.Create),
        new RegisteredModel(AlbertXLarge.Compiled, AlbertXLarge.Create),
        new RegisteredModel(AlbertXXLarge.Compiled, AlbertXXLarge.Create),
        new RegisteredModel(BertBase.Compiled, BertBase.Create),
        new RegisteredModel(BertLarge.Compiled, BertLarge.Create),
        new RegisteredModel(AlbertBaseV1.Compiled, AlbertBaseV1.Create),
        new RegisteredModel(AlbertLargeV1.Compiled, AlbertLargeV1.Create),
        new RegisteredModel(AlbertXLargeV1.Compiled, AlbertXLargeV1.Create),
        new RegisteredModel(AlbertXXLargeV1.Compiled, AlbertXXLargeV1.Create),
        new RegisteredModel(AlbertXLargeV2.Compiled, AlbertXLargeV2.Create));

    /// <summary>All models.</summary>
    public IReadOnlyList<RegisteredModel> Models => models;

    /// <summary>The model of this name, whatever its case.</summary>
    /// <exception cref="TrainingException">There is none; the message lists the names.</exception>
    public RegisteredModel Find(string name) =>
        models.FirstOrDefault(m => m.Description.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new TrainingException($"no model is called {name}{Suggestion.Among(name, Names)}");

    IEnumerable<string> Names => models.Select(m => m.Description.Name);

    /// <summary>The models that compute what a published configuration says; first those that would be trained alike too, then those with the programs that it was published for.</summary>
    public IEnumerable<RegisteredModel> Fitting(PublishedConfig config) =>
        models.Where(m => config.Differences(m.Description).Count == 0)
            .OrderBy(m => config.Differences(m.Description, ofTraining: true).Count)
            .ThenBy(m => PublishedConfig.Of(m.Description, out _)!.Program == config.Program ? 0 : 1);

    /// <summary>The model that a published folder is loaded into.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="program">A program that the model must have; null: any.</param>
    /// <exception cref="TrainingException">There is none; the message says how to compile it.</exception>
    public RegisteredModel Fitting(PublishedFolder folder, string? program) =>
        Fitting(folder.Config).FirstOrDefault(m => program is null || m.Description.Program(program) is not null)
        ?? throw new TrainingException($"{NoFit(folder.Config, program)}: albert declare {folder.Folder} prints the declaration that compiles it");

    /// <summary>Why no model fits, with the nearest.</summary>
    public string NoFit(PublishedConfig config, string? program)
    {
        if (Fitting(config).FirstOrDefault() is { } other) return $"{other.Description.Name} computes the same but was compiled without {program}";
        var nearest = models.Where(m => PublishedConfig.Of(m.Description, out _)?.Attribute == config.Attribute).MinBy(m => config.Differences(m.Description).Count);
        return nearest is null ? "no compiled model computes this" : $"no compiled model computes this; {nearest.Description.Name} comes nearest, with {string.Join("; ", config.Differences(nearest.Description))}";
    }
}
