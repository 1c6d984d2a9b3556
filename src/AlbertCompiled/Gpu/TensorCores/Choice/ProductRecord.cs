using System.Buffers;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ILGPU.Runtime.Cuda;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>
/// The forms that were measured to be quickest, by product, in a small file of one card, one version of CUDA that its driver is made for, and one of this library. A file
/// that is not ours to read is as good as none, and replaced; a folder that cannot be written is done without.
/// </summary>
internal sealed class ProductRecord
{
    /// <summary>Of the file. Another version is not read.</summary>
    public const int Version = 3;

    readonly string path, card;
    readonly SortedDictionary<string, string> read, entries;

    /// <summary>Reads the record of a card.</summary>
    /// <param name="path">The file.</param>
    /// <param name="card">The card, its driver's version of CUDA and this library: entries of another do not count.</param>
    public ProductRecord(string path, string card)
    {
        (this.path, this.card) = (path, card);
        read = Read();
        entries = new(read, StringComparer.Ordinal);
    }

    /// <summary>The record of a card, in the user's cache folder.</summary>
    public static ProductRecord For(CudaAccelerator card)
    {
        CudaException.ThrowIfFailed(CudaAPI.CurrentAPI.GetDriverVersion(out var driver));
        string name = card.Name.Trim(), file = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-'));
        string library = typeof(ProductRecord).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
        string all = $"{name}, {card.NumMultiprocessors} multiprocessors, driver for CUDA {driver.Major}.{driver.Minor}, AlbertCompiled {library}{(GpuSwitches.Current.Walks ? "" : ", no group walks")}";
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(all)).AsSpan(0, 4));      // versions in turn keep what each measured
        return new(Path.Combine(CacheFolder.Path, $"products-{file}-{hash}.json"), all);
    }

    /// <summary>The name of a product's form, or null.</summary>
    /// <param name="product">Its layout and sizes.</param>
    public string? this[string product]
    {
        get => entries.GetValueOrDefault(product);
        set => entries[product] = value ?? throw new ArgumentNullException(nameof(value));
    }

    SortedDictionary<string, string> Read()
    {
        var read = new SortedDictionary<string, string>(StringComparer.Ordinal);
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            var root = document.RootElement;
            if (root.GetProperty("version").GetInt32() == Version && root.GetProperty("card").GetString() == card)
                foreach (var product in root.GetProperty("products").EnumerateObject()) read[product.Name] = product.Value.GetString() ?? "";
            return read;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return new(StringComparer.Ordinal);
        }
    }

    /// <summary>Writes the file anew. What another process wrote meanwhile stays, and takes the place of what is here: whoever reads the file later adds as both do.</summary>
    public void Save()
    {
        using var only = CacheFolder.TryLock(path);
        var all = Read();
        foreach (var (product, form) in entries.ToArray())
        {
            if (all.TryGetValue(product, out string? meanwhile) && meanwhile != read.GetValueOrDefault(product)) entries[product] = meanwhile;
            else all[product] = form;
        }

        var file = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(file, new() { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteNumber("version", Version);
            writer.WriteString("card", card);
            writer.WriteStartObject("products");
            foreach (var (product, form) in all) writer.WriteString(product, form);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        CacheFolder.TryWrite(path, file.WrittenSpan);
    }
}
