using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace AlbertCompiled;

/// <summary>What a path is written through to: a file is written aside and renamed, which must put nothing in the place of a link, a device or a pipe.</summary>
public static class FileTarget
{
    /// <summary>The file behind a link, or the path itself. A rename to it leaves the link as it is.</summary>
    /// <exception cref="IOException">The links lead in a circle.</exception>
    public static string Resolve(string path) => new FileInfo(path) is { LinkTarget: not null } link ? link.ResolveLinkTarget(returnFinalTarget: true)!.FullName : path;

    /// <summary>
    /// Opens what is no regular file, such as a pipe, or a file that this process has open already, such as /dev/stdout, to be written where it is; null: the
    /// path is a file, or there is nothing yet.
    /// </summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static Stream? OpenSpecial(string path) =>
        Descriptor(path) is { } number ? OpenDescriptor(number) : IsSpecial(path) ? new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite) : null;

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
    static int? Descriptor(string path)
    {
        if (OperatingSystem.IsWindows()) return null;
        path = Path.GetFullPath(path);
        for (int links = 0; links < MostLinks; links++)
        {
            if (path is "/dev/stdout") return 1;
            if (path is "/dev/stderr") return 2;
            if (Array.Find(Descriptors, folder => path.StartsWith(folder, StringComparison.Ordinal)) is { } found && int.TryParse(path.AsSpan(found.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int number)) return number;
            if (new FileInfo(path).LinkTarget is not { } target) return null;
            path = Path.GetFullPath(target, Path.GetDirectoryName(path)!);
        }

        return null;
    }

    // the console's streams write where the last writer stopped, also in a file
    static Stream OpenDescriptor(int number) => number switch
    {
        1 => Console.OpenStandardOutput(),
        2 => Console.OpenStandardError(),
        _ => new FileStream(new SafeFileHandle(number, ownsHandle: false), FileAccess.Write),
    };

    const int MostLinks = 40;

    static readonly string[] Descriptors = ["/dev/fd/", "/proc/self/fd/", $"/proc/{Environment.ProcessId}/fd/"];

    // linux/stat.h: struct statx is the same everywhere
    const int CurrentFolder = -100, TypeWanted = 1, StatusBytes = 256, ModeOffset = 28, TypeMask = 0xF000, RegularFile = 0x8000, Folder = 0x4000;

    [DllImport("libc", EntryPoint = "statx")]
    static extern int Status(int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint wanted, ref byte status);
}
