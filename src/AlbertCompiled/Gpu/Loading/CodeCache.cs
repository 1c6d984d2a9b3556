using System.Security.Cryptography;
using System.Text;
using ILGPU.Runtime.Cuda;

namespace AlbertCompiled.Gpu;

/// <summary>
/// What the driver's compiler made of kernels' texts, a file each, named by the text: the driver itself remembers what it loads as a text, not what it links.
/// A file that is not as it was written, or whose code the driver refuses, is as good as none, and replaced.
/// </summary>
/// <param name="folder">The folder of a card's architecture and a version of CUDA.</param>
internal sealed class CodeCache(string folder)
{
    /// <summary>Files that a folder holds at most, some 50 KB each; those that were not used for longest give way.</summary>
    public const int MostFiles = 1024;

    /// <summary>The cache of a card's architecture and the version of CUDA that its driver is made for: drivers of one version share it.</summary>
    public static CodeCache For(CudaAccelerator card)
    {
        CudaException.ThrowIfFailed(CudaAPI.CurrentAPI.GetDriverVersion(out var driver));
        var cache = new CodeCache(Path.Combine(CacheFolder.Path, $"kernels-{card.Architecture.ToString().ToLowerInvariant()}-cuda-{driver.Major}.{driver.Minor}"));
        cache.Trim();
        return cache;
    }

    /// <summary>Loads the code of a text: code that is read, or else made and kept.</summary>
    /// <param name="ptx">The text.</param>
    /// <param name="compile">Makes the code.</param>
    /// <param name="load">Loads it; it throws a <see cref="DeviceException"/> if the driver refuses.</param>
    public T Load<T>(string ptx, Func<string, byte[]> compile, Func<byte[], T> load)
    {
        string path = Path.Combine(folder, $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ptx)).AsSpan(0, 16))}.cubin");
        if (TryRead(path) is { } known)
        {
            try
            {
                return load(known);
            }
            catch (DeviceException)
            {
                // of another driver of this version: made anew
            }
        }

        byte[] code = compile(ptx);
        CacheFolder.TryWrite(path, [.. SHA256.HashData(code), .. code]);
        return load(code);
    }

    /// <summary>Deletes files beyond <see cref="MostFiles"/>, those first that were not used for longest.</summary>
    public void Trim()
    {
        try
        {
            var files = new DirectoryInfo(folder).GetFiles();
            foreach (var file in files.OrderByDescending(f => f.LastWriteTimeUtc).Skip(MostFiles)) file.Delete();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // another process is at it, or there is no folder
        }
    }

    static byte[]? TryRead(string path)
    {
        try
        {
            byte[] file = File.ReadAllBytes(path);
            if (file.Length <= SHA256.HashSizeInBytes || !SHA256.HashData(file.AsSpan(SHA256.HashSizeInBytes)).AsSpan().SequenceEqual(file.AsSpan(0, SHA256.HashSizeInBytes))) return null;
            Touch(path);
            return file[SHA256.HashSizeInBytes..];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // a use, as Trim sees it
    static void Touch(string path)
    {
        try
        {
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // a folder that is only read
        }
    }
}
