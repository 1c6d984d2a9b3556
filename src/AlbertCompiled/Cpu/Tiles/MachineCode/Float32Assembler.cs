using System.Runtime.InteropServices;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace AlbertCompiled.Cpu.MachineCode;

/// <summary>What the inner kernel for float32 works on; strides in bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
unsafe struct Float32Tile
{
    public float* A;
    public long Row, Word;
    public float* B;
    public long BStride, Words;
    public float* C;
    public long Stride, Effect;
    public float* Ahead;
    public long AheadStep;
}

/// <summary>
/// Writes the inner kernel for float32 in vectors of 256 bits. From C# the compiler lets a multiply-add overwrite a factor that nobody reads again and moves the sum
/// back: 31 micro-operations for 12 of arithmetic, of which many processors take four at a time. Here they are 24 (`DOTNET_JitDisasm=Tile4x3` prints the former).
/// </summary>
static class Float32Assembler
{
    const int Rows = MicroKernel.Rows / 2, VectorBytes = 32;

    // what a function may use up by the System V convention, and one that it must give back
    static readonly AssemblerRegister64 arguments = rbx, a = rsi, row = rdx, row3 = rcx, word = r8, b = r9, bStride = r10, words = r11, ahead = rax, aheadStep = rdi;

    static readonly AssemblerRegisterYMM[] registers =
        [ymm0, ymm1, ymm2, ymm3, ymm4, ymm5, ymm6, ymm7, ymm8, ymm9, ymm10, ymm11, ymm12, ymm13, ymm14, ymm15];

    /// <summary>Code of void(Float32Tile*) for four rows of a strip: see <see cref="IPrecision.Tile"/>.</summary>
    public static byte[] Tile(int vectors)
    {
        AssemblerRegisterYMM Sum(int r, int v) => registers[r * vectors + v];
        AssemblerRegisterYMM Columns(int v) => registers[Rows * vectors + v];
        var element = registers[Rows * vectors + vectors];

        var code = new Assembler(64);
        Label start = code.CreateLabel(), loop = code.CreateLabel(), end = code.CreateLabel(), store = code.CreateLabel();
        code.push(arguments);
        code.mov(arguments, rdi);
        for (int i = 0; i < Rows * vectors; i++) code.vxorps(registers[i], registers[i], registers[i]);
        code.cmp(Argument(nameof(Float32Tile.Effect)), (int)TileEffect.GoOn);
        code.jne(start);
        EachSum((r, v) => code.vmovups(Sum(r, v), __ymmword_ptr[a + v * VectorBytes]));

        code.Label(ref start);
        Load(a, nameof(Float32Tile.A));
        Load(row, nameof(Float32Tile.Row));
        Load(word, nameof(Float32Tile.Word));
        Load(b, nameof(Float32Tile.B));
        Load(bStride, nameof(Float32Tile.BStride));
        Load(words, nameof(Float32Tile.Words));
        Load(ahead, nameof(Float32Tile.Ahead));
        Load(aheadStep, nameof(Float32Tile.AheadStep));
        code.lea(row3, __[row + row * 2]);
        code.test(words, words);
        code.je(end);
        code.Label(ref loop);
        for (int v = 0; v < vectors; v++) code.vmovups(Columns(v), __ymmword_ptr[b + v * VectorBytes]);
        for (int r = 0; r < Rows; r++)
        {
            code.vbroadcastss(element, r switch { 0 => __dword_ptr[a], 1 => __dword_ptr[a + row], 2 => __dword_ptr[a + row * 2], _ => __dword_ptr[a + row3] });
            for (int v = 0; v < vectors; v++) code.vfmadd231ps(Sum(r, v), Columns(v), element);
        }

        code.prefetcht1(__[ahead]);
        code.add(ahead, aheadStep);
        code.add(a, word);
        code.add(b, bStride);
        code.dec(words);
        code.jne(loop);

        code.Label(ref end);
        code.cmp(Argument(nameof(Float32Tile.Effect)), (int)TileEffect.Add);
        code.jne(store);
        EachSum((r, v) => code.vaddps(Sum(r, v), Sum(r, v), __ymmword_ptr[a + v * VectorBytes]));

        code.Label(ref store);
        EachSum((r, v) => code.vmovups(__ymmword_ptr[a + v * VectorBytes], Sum(r, v)));
        code.vzeroupper();
        code.pop(arguments);
        code.ret();

        using var stream = new MemoryStream();
        code.Assemble(new StreamCodeWriter(stream), rip: 0);
        return stream.ToArray();

        AssemblerMemoryOperand Argument(string field) => __qword_ptr[arguments + (int)Marshal.OffsetOf<Float32Tile>(field)];

        void Load(AssemblerRegister64 register, string field) => code.mov(register, Argument(field));

        // with the address of its row of c in `a`
        void EachSum(Action<int, int> body)
        {
            Load(a, nameof(Float32Tile.C));
            for (int r = 0; r < Rows; r++)
            {
                for (int v = 0; v < vectors; v++) body(r, v);
                code.add(a, Argument(nameof(Float32Tile.Stride)));
            }
        }
    }
}
