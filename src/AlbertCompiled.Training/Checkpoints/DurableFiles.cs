using System.Runtime.InteropServices;

namespace AlbertCompiled.Training;

/// <summary>Files that outlast a crash: contents reach the disk before the name does, and the name before the call returns.</summary>
static class DurableFiles
{
    /// <summary>Writes a file by <see cref="FileTarget.Write"/>, and brings its name to the disk.</summary>
    public static void Write(string path, Action<Stream> content)
    {
        if (FileTarget.Write(path, content) is { } file) FlushFolder(Path.GetDirectoryName(file)!);
    }

    /// <summary>The same with the bytes at hand.</summary>
    public static void Write(string path, byte[] bytes) => Write(path, stream => stream.Write(bytes));

    /// <summary>Removes a file, or a folder with all that is in it. What cannot be removed takes room, no more.</summary>
    public static void TryDelete(string path)
    {
        try
        {
            if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
            else File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    /// <summary>Renames a folder whose files have been flushed. Nothing may have the new name.</summary>
    public static void MoveFolder(string source, string destination)
    {
        FlushFolder(source);
        Directory.Move(source, destination);
        FlushFolder(Path.GetDirectoryName(Path.GetFullPath(destination))!);
    }

    /// <summary>Brings the names in a folder to the disk; Windows does so by itself.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) return;
        int descriptor = Open(folder, 0);
        if (descriptor < 0) throw Failed(folder);
        try
        {
            // some file systems of networks have no such call: theirs is another promise
            if (Synchronize(descriptor) != 0 && Marshal.GetLastPInvokeError() is not InvalidArgument) throw Failed(folder);
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    const int InvalidArgument = 22;

    static IOException Failed(string folder) => new($"cannot bring {folder} to the disk: {Marshal.GetLastPInvokeErrorMessage()}");

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    static extern int Synchronize(int descriptor);

    [DllImport("libc", EntryPoint = "close")]
    static extern int Close(int descriptor);
}
