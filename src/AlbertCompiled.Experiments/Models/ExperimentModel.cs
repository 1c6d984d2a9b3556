using AlbertCompiled.Models;
using AlbertCompiled.Training;

namespace AlbertCompiled.Experiments;

/// <summary>Creates a compiled model on a device.</summary>
/// <param name="device">Where it runs.</param>
/// <param name="capacity">The largest batch it takes.</param>
/// <param name="seed">Seed of initialisation and dropout.</param>
/// <param name="precision">What products compute in; null: what the model declares.</param>
public delegate CompiledModel ModelFactory(Device device, Capacity capacity, ulong seed = 42, Compute? precision = null);

/// <summary>A compiled configuration that experiments name.</summary>
/// <param name="Description">What the compiler knows about it.</param>
/// <param name="Create">Makes an instance.</param>
public sealed record ExperimentModel(ModelDescription Description, ModelFactory Create)
{
    /// <summary>The small models, and those of the zoo that the paper has too.</summary>
    public static IReadOnlyList<ExperimentModel> All { get; } =
    [
        new(SharedE8.Compiled, SharedE8.Create), new(SharedE16.Compiled, SharedE16.Create), new(SharedE32.Compiled, SharedE32.Create), new(SharedE64.Compiled, SharedE64.Create),
        new(OwnE8.Compiled, OwnE8.Create), new(OwnE16.Compiled, OwnE16.Create), new(OwnE32.Compiled, OwnE32.Create), new(OwnE64.Compiled, OwnE64.Create),
        new(SharedAttentionE16.Compiled, SharedAttentionE16.Create), new(SharedAttentionE64.Compiled, SharedAttentionE64.Create),
        new(SharedFeedForwardE16.Compiled, SharedFeedForwardE16.Create), new(SharedFeedForwardE64.Compiled, SharedFeedForwardE64.Create),
        new(TwoGroupsE16.Compiled, TwoGroupsE16.Create), new(DropoutE16.Compiled, DropoutE16.Create), new(WideE16.Compiled, WideE16.Create),
        new(DeepSharedE16.Compiled, DeepSharedE16.Create), new(DeepOwnE64.Compiled, DeepOwnE64.Create),
        new(BertBase.Compiled, BertBase.Create), new(BertLarge.Compiled, BertLarge.Create),
        new(AlbertBase.Compiled, AlbertBase.Create), new(AlbertLarge.Compiled, AlbertLarge.Create),
        new(AlbertXLarge.Compiled, AlbertXLarge.Create), new(AlbertXXLarge.Compiled, AlbertXXLarge.Create),
    ];

    /// <summary>The configuration of this name.</summary>
    /// <exception cref="TrainingException">There is none.</exception>
    public static ExperimentModel Find(string name) =>
        All.FirstOrDefault(m => m.Description.Name == name) ?? throw new TrainingException($"no configuration of the experiments is called {name}");
}
