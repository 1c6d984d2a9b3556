using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace AlbertCompiled;

/// <summary>What a path leads to, and how it is written: a file aside and renamed, which must put nothing in the place of a link, a device or a pipe.</summary>
public static class FileTarget
{
    const string Aside = ".albert.tmp"; // after a random name: a file beside it is somebody's

    /// <summary>
    /// Writes a file aside, flushes it and renames it, so that there is always a whole one: the old or the new. Links stay what they are; what is no regular file,
    /// such as a pipe, or is open in this process already, such as /dev/stdout, is written where it is.
    /// </summary>
    /// <param name="path">The file, or what leads to it.</param>
    /// <param name="content">Writes what shall be in it.</param>
    /// <returns>The file that was replaced or created; null: what was written has no name to replace.</returns>
    /// <exception cref="IOException">It cannot be written, or links lead in a circle. What was there before is as it was, unless it has no name to replace.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static string? Write(string path, Action<Stream> content)
    {
        string target = Resolve(path);
        using (var special = OpenSpecial(target))
        {
            if (special is not null)
            {
                content(special);
                return null;
            }
        }

        RemoveLeft(target);
        string aside = $"{target}.{Path.GetRandomFileName()}{Aside}";
        try
        {
            using (var stream = new FileStream(aside, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None))
            {
                content(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(aside, target, overwrite: true);
            return target;
        }
        catch
        {
            TryDelete(aside);
            throw;
        }
    }

    /// <summary>Finds out what would keep <see cref="Write"/> from writing a file, as far as that can be told before; folders on the way to it may be made until then.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static void Probe(string path)
    {
        string target = Resolve(path);
        if (Directory.Exists(target)) throw new IOException("it is a folder");
        if (Descriptor(target) is not null || IsSpecial(target)) return;
        string? folder = Path.GetDirectoryName(target);
        while (folder is not null && !Path.Exists(folder)) folder = Path.GetDirectoryName(folder);
        if (!Directory.Exists(folder)) throw new IOException($"{folder} is no folder");
        using var probe = new FileStream(Path.Combine(folder, Path.GetRandomFileName()), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
    }

    /// <summary>The whole path with what each link on the way leads to in its place. A name for a file that this process has open stays as it is.</summary>
    /// <exception cref="IOException">Links lead in a circle.</exception>
    public static string Resolve(string path)
    {
        int links = 0;
        return Resolve(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)), ref links);
    }

    static string Resolve(string path, ref int links)
    {
        // /proc/self, too, is a link, in a sandbox to a number that this process does not know as its own
        if (Descriptor(path) is not null || Path.GetDirectoryName(path) is not { } folder) return path;
        string real = Path.Combine(Resolve(folder, ref links), Path.GetFileName(path));
        if (Descriptor(real) is not null || new FileInfo(real).LinkTarget is not { } target) return real;
        if (++links > MostLinks) throw new IOException("its links lead in a circle");
        return Resolve(Path.GetFullPath(target, Path.GetDirectoryName(real)!), ref links);
    }

    static Stream? OpenSpecial(string target) =>
        Descriptor(target) is { } number ? OpenDescriptor(number) : IsSpecial(target) ? new FileStream(target, FileMode.Open, FileAccess.Write, FileShare.ReadWrite) : null;

    /// <summary>True for what is neither a regular file nor a folder, such as a pipe or a device. Told on Linux alone.</summary>
    public static bool IsSpecial(string path)
    {
        // only Linux can be asked in a way that is the same on all its processors
        if (!OperatingSystem.IsLinux()) return false;
        Span<byte> status = stackalloc byte[StatusBytes];
        if (Status(CurrentFolder, path, 0, TypeWanted, ref MemoryMarshal.GetReference(status)) != 0) return false;
        int mode = BinaryPrimitives.ReadUInt16LittleEndian(status[ModeOffset..]) & TypeMask;
        return mode is not (RegularFile or Folder);
    }

    // the number under which this process has a file open, where the path says no more than that
    static int? Descriptor(string path) =>
        !OperatingSystem.IsWindows() && Array.Find(Descriptors, folder => path.StartsWith(folder, StringComparison.Ordinal)) is { } found
            && int.TryParse(path.AsSpan(found.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;

    // the console's streams write where the last writer stopped, also in a file
    static Stream OpenDescriptor(int number) => number switch
    {
        1 => Console.OpenStandardOutput(),
        2 => Console.OpenStandardError(),
        _ => new FileStream(new SafeFileHandle(number, ownsHandle: false), FileAccess.Write),
    };

    /// <summary>The name of the file that was being written under a name aside; null: it is none.</summary>
    public static string? OfAside(string name)
    {
        int length = name.Length - Aside.Length - Path.GetRandomFileName().Length - 1;
        return length > 0 && name[length] == '.' && name.EndsWith(Aside, StringComparison.Ordinal) ? name[..length] : null;
    }

    // what a process that was killed left; one that is at work holds its own
    static void RemoveLeft(string target)
    {
        try
        {
            foreach (string file in Directory.EnumerateFiles(Path.GetDirectoryName(target)!).Where(f => OfAside(f) == target))
            {
                try
                {
                    using var left = new FileStream(file, FileMode.Open, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    // held, or another's
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // a folder that cannot be read may be written all the same
        }
    }

    static void TryDelete(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // what cannot be removed takes room, no more
        }
    }

    // as many as Linux follows
    const int MostLinks = 40;

    static readonly string[] Descriptors = ["/dev/fd/", "/proc/self/fd/", $"/proc/{Environment.ProcessId}/fd/"];

    // linux/stat.h: struct statx is the same everywhere
    const int CurrentFolder = -100, TypeWanted = 1, StatusBytes = 256, ModeOffset = 28, TypeMask = 0xF000, RegularFile = 0x8000, Folder = 0x4000;

    [DllImport("libc", EntryPoint = "statx")]
    static extern int Status(int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint wanted, ref byte status);
}
