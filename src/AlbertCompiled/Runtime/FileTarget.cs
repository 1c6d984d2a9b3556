using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace AlbertCompiled;

/// <summary>What a path is written through to: a file is written aside and renamed, which must put nothing in the place of a link, a device or a pipe.</summary>
public static class FileTarget
{
    /// <summary>The file behind a link, or the path itself. A rename to it leaves the link as it is.</summary>
    /// <exception cref="IOException">The links lead in a circle.</exception>
    public static string Resolve(string path) => new FileInfo(path) is { LinkTarget: not null } link ? link.ResolveLinkTarget(returnFinalTarget: true)!.FullName : path;

    /// <summary>Opens what is no regular file, such as a pipe, to be written where it is; null: the path is a file, or there is nothing yet.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static Stream? OpenSpecial(string path) => IsSpecial(path) ? new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite) : null;

    // only Linux can be asked in a way that is the same on all its processors
    static bool IsSpecial(string path)
    {
        if (!OperatingSystem.IsLinux()) return false;
        Span<byte> status = stackalloc byte[StatusBytes];
        if (Status(CurrentFolder, path, 0, TypeWanted, ref MemoryMarshal.GetReference(status)) != 0) return false;
        int mode = BinaryPrimitives.ReadUInt16LittleEndian(status[ModeOffset..]) & TypeMask;
        return mode is not (RegularFile or Folder);
    }

    // linux/stat.h: struct statx is the same everywhere
    const int CurrentFolder = -100, TypeWanted = 1, StatusBytes = 256, ModeOffset = 28, TypeMask = 0xF000, RegularFile = 0x8000, Folder = 0x4000;

    [DllImport("libc", EntryPoint = "statx")]
    static extern int Status(int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint wanted, ref byte status);
}
