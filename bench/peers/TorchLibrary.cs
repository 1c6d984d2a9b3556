using System.Buffers.Binary;

namespace AlbertCompiled.Peers;

/// <summary>
/// LibTorchSharp 0.107 names GLIBCXX_3.4.32 among the versions it needs, for a start-up hook that older C++ libraries do without (Debian 12's, for
/// one). There the need is marked weak in the copy beside this program, before it is loaded: the loader then only warns.
/// </summary>
static class TorchLibrary
{
    const string Version = "GLIBCXX_3.4.32";
    const ushort Weak = 2; // VER_FLG_WEAK

    public static void Prepare()
    {
        if (!OperatingSystem.IsLinux()) return;
        string? library = Directory.GetFiles(AppContext.BaseDirectory, "libLibTorchSharp.so", SearchOption.AllDirectories).FirstOrDefault();
        if (library is null) return;
        byte[] bytes = File.ReadAllBytes(library);
        // a need is an Elf64_Vernaux: hash, flags, index, name, next
        Span<byte> hash = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(hash, ElfHash(Version));
        bool changed = false;
        for (int at = bytes.AsSpan().IndexOf(hash); at >= 0; at = Next(bytes, at, hash))
        {
            var flags = bytes.AsSpan(at + 4, 2);
            if (at % 4 != 0 || BinaryPrimitives.ReadUInt16LittleEndian(flags) != 0) continue;
            BinaryPrimitives.WriteUInt16LittleEndian(flags, Weak);
            changed = true;
        }

        if (!changed) return;
        // never half a file, should several processes begin at once
        string own = $"{library}.{Environment.ProcessId}";
        File.WriteAllBytes(own, bytes);
        File.Move(own, library, overwrite: true);
    }

    static int Next(byte[] bytes, int at, ReadOnlySpan<byte> hash)
    {
        int next = bytes.AsSpan(at + 1).IndexOf(hash);
        return next < 0 ? -1 : at + 1 + next;
    }

    static uint ElfHash(string name)
    {
        uint h = 0;
        foreach (char c in name)
        {
            h = (h << 4) + c;
            uint high = h & 0xF0000000;
            h = (h ^ (high >> 24)) & ~high;
        }

        return h;
    }
}
