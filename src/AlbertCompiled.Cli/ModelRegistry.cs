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
        new RegisteredModel(BertLarge.Compiled, BertLarge.Create));

    /// <summary>All models.</summary>
    public IReadOnlyList<RegisteredModel> Models => models;

    /// <summary>The model of this name, whatever its case.</summary>
    /// <exception cref="TrainingException">There is none; the message lists the names.</exception>
    public RegisteredModel Find(string name) =>
        models.FirstOrDefault(m => m.Description.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new TrainingException($"no model is called {name}; there are {string.Join(", ", models.Select(m => m.Description.Name))}");
}
