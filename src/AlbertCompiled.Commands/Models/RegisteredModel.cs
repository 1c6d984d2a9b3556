using AlbertCompiled.Training;

namespace AlbertCompiled.Commands;

/// <summary>Creates a compiled model on a device.</summary>
/// <param name="device">Where it runs.</param>
/// <param name="capacity">The largest batch it takes.</param>
/// <param name="seed">Seed of initialisation and dropout.</param>
/// <param name="precision">What products compute in; null: what the model declares.</param>
public delegate CompiledModel ModelFactory(Device device, Capacity capacity, ulong seed = 42, Compute? precision = null);

/// <summary>A model that the command line knows.</summary>
/// <param name="Description">What the compiler knows about it.</param>
/// <param name="Create">Makes an instance.</param>
public sealed record RegisteredModel(ModelDescription Description, ModelFactory Create)
{
    /// <summary>A model by its type.</summary>
    public static RegisteredModel Of<TModel>() where TModel : CompiledModel, ICompiledModel<TModel> => new(TModel.Compiled, TModel.Create);

    /// <summary>Its name.</summary>
    public string Name => Description.Name;

    /// <summary>What it can be fine-tuned for; null: nothing.</summary>
    internal TaskHead? Head { get; } = TaskHead.Of(Description);

    /// <summary>It tells so many classes apart; null: of none is asked.</summary>
    internal bool HasClasses(int? classes) => classes is null || UnusedClasses.Compiled(Description) is not { } most || most >= classes;
}
