namespace AlbertCompiled;

/// <summary>What a model's type offers before there is an instance: generated code implements it, so that code can be generic over models.</summary>
/// <typeparam name="TSelf">The model.</typeparam>
public interface ICompiledModel<TSelf> where TSelf : CompiledModel, ICompiledModel<TSelf>
{
    /// <summary>What the compiler knows about the model.</summary>
    static abstract ModelDescription Compiled { get; }

    /// <summary>Allocates a model.</summary>
    /// <param name="device">Where it runs.</param>
    /// <param name="capacity">The largest batch it takes.</param>
    /// <param name="seed">Seed of initialisation and dropout.</param>
    /// <param name="precision">What products compute in; null: what the model declares.</param>
    /// <exception cref="ArgumentException">The capacity has no room for a token, or there is no such precision.</exception>
    /// <exception cref="DeviceException">The device does not compute in this precision, or its memory does not hold the model; nothing stays allocated.</exception>
    static abstract TSelf Create(Device device, Capacity capacity, ulong seed = 42, Compute? precision = null);
}
