using System.Security.Cryptography;
using System.Text;
using ILGPU.Runtime.Cuda;

namespace AlbertCompiled.Gpu;

/// <summary>Files that keep what compilers made of kernels. A file that is not as it was written is as good as none.</summary>
/// <param name="folder">Their folder, or null: nothing is kept.</param>
internal sealed class KernelFiles(string? folder)
{
    /// <summary>Files that a folder holds at most, some 50 KB each and two to a kernel; those that were not used for longest give way.</summary>
    public const int MostFiles = 2048;

    const string Prefix = "kernels-";

    static readonly TimeSpan Unused = TimeSpan.FromDays(90);

    /// <summary>
    /// The files for a card's architecture and the version of CUDA that its driver is made for: drivers of one version share them. Nothing is kept if the driver is told to keep
    /// nothing either (CUDA_CACHE_DISABLE=1).
    /// </summary>
    public static KernelFiles For(CudaAccelerator card)
    {
        if (Environment.GetEnvironmentVariable("CUDA_CACHE_DISABLE") == "1") return new(null);
        CudaException.ThrowIfFailed(CudaAPI.CurrentAPI.GetDriverVersion(out var driver));
        RemoveUnused(CacheFolder.Path);
        var files = new KernelFiles(Path.Combine(CacheFolder.Path, $"{Prefix}{card.Architecture.ToString().ToLowerInvariant()}-cuda-{driver.Major}.{driver.Minor}"));
        files.Trim();
        return files;
    }

    /// <summary>A name for what follows from a text.</summary>
    public static string NameOf(string text, string ending) => $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16))}.{ending}";

    /// <summary>What a file holds, or null.</summary>
    public byte[]? Read(string name)
    {
        if (folder is null) return null;
        string path = Path.Combine(folder, name);
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

    /// <summary>Writes a file, or replaces it; done without where the folder cannot be written.</summary>
    public void Write(string name, ReadOnlySpan<byte> content)
    {
        if (folder is not null) CacheFolder.TryWrite(Path.Combine(folder, name), [.. SHA256.HashData(content), .. content]);
    }

    /// <summary>Deletes files beyond <see cref="MostFiles"/>, those first that were not used for longest.</summary>
    public void Trim()
    {
        if (folder is null) return;
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

    /// <summary>Deletes the folders of architectures and versions of CUDA that were not used for three months.</summary>
    public static void RemoveUnused(string parent)
    {
        try
        {
            foreach (var folder in new DirectoryInfo(parent).GetDirectories(Prefix + "*"))
                if (folder.EnumerateFiles().All(f => DateTime.UtcNow - f.LastWriteTimeUtc > Unused)) folder.Delete(recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // another process is at it, or there is no folder
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
