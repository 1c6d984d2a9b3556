using System.ComponentModel;
using System.Runtime.InteropServices;

namespace AlbertCompiled.Cpu.MachineCode;

/// <summary>Pages for assembled code: written first, then made executable, never both at once. They live as long as the process.</summary>
static unsafe partial class ExecutableMemory
{
    const int Read = 1, Write = 2, Execute = 4, PrivateAnonymous = 0x22;
    const nint Failed = -1;

    /// <summary>Copies code to pages of its own and returns its address.</summary>
    /// <exception cref="Win32Exception">The system grants no executable pages.</exception>
    public static nint Load(ReadOnlySpan<byte> code)
    {
        nint page = Map(0, (nuint)code.Length, Read | Write, PrivateAnonymous, -1, 0);
        if (page == Failed) throw new Win32Exception();
        code.CopyTo(new Span<byte>((void*)page, code.Length));
        if (Protect(page, (nuint)code.Length, Read | Execute) != 0) throw new Win32Exception();
        return page;
    }

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int Protect(nint address, nuint length, int protection);
}
