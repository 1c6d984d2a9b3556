using AlbertCompiled.Gpu.TensorCores;

namespace AlbertCompiled.Gpu;

/// <summary>
/// What a device is told instead of the driver while a sequence of launches is rehearsed: nothing is queued, and which kernels the sequence needs is known before
/// the first of them is compiled.
/// </summary>
internal sealed class Rehearsal
{
    readonly Dictionary<object, Action> kernels = [];
    readonly Dictionary<ProductShape, ProductTimer> products = [];

    /// <summary>What loads the kernels, those of long text first: several threads then end together.</summary>
    public IEnumerable<Action> Kernels => kernels.OrderBy(k => k.Key is Type ? 1 : 0).Select(k => k.Value);

    /// <summary>The products that are to be measured.</summary>
    public IReadOnlyCollection<ProductTimer> Products => products.Values;

    /// <summary>A kernel that would be launched.</summary>
    /// <param name="key">What it is, as <see cref="KernelStore"/> knows it.</param>
    /// <param name="load">Loads it.</param>
    public void Needs(object key, Action load) => kernels.TryAdd(key, load);

    /// <summary>A product whose form is to be measured.</summary>
    public void Measures(ProductTimer product) => products.TryAdd(product.Product, product);
}
