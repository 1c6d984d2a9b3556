using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace AlbertCompiled.Cpu.MachineCode;

/// <summary>
/// Writes the inner kernel for bfloat16: vdpbf16ps multiplies 16 columns' pairs with one row's pair and adds both products to 16 float32 sums.
/// The tile's shape is written once, in <see cref="MicroKernel.Rows"/> and the number of vectors: 8 × 3 sums and what feeds them take 28 of the
/// 32 registers.
/// </summary>
static class BFloat16Assembler
{
    const int VectorBytes = 64;

    // arguments in the order of the System V convention
    static readonly AssemblerRegister64 a = rdi, b = rsi, words = rdx, c = rcx, stride = r8, row = rax, ahead = r10, aheadStep = r11;
    static readonly AssemblerRegister32 effect = r9d;

    static readonly AssemblerRegisterZMM[] registers =
    [
        zmm0, zmm1, zmm2, zmm3, zmm4, zmm5, zmm6, zmm7, zmm8, zmm9, zmm10, zmm11, zmm12, zmm13, zmm14, zmm15,
        zmm16, zmm17, zmm18, zmm19, zmm20, zmm21, zmm22, zmm23, zmm24, zmm25, zmm26, zmm27, zmm28, zmm29, zmm30, zmm31,
    ];

    /// <summary>Code for the first rows of a strip, of void(a, b, words, c, stride in bytes, effect, ahead, its step in bytes): see <see cref="IPrecision.Tile"/>.</summary>
    public static byte[] Tile(int rows, int vectors)
    {
        AssemblerRegisterZMM Sum(int r, int v) => registers[r * vectors + v];
        AssemblerRegisterZMM Columns(int v) => registers[rows * vectors + v];
        var element = registers[rows * vectors + vectors];

        var code = new Assembler(64);
        Label start = code.CreateLabel(), loop = code.CreateLabel(), end = code.CreateLabel(), store = code.CreateLabel();
        for (int i = 0; i < rows * vectors; i++) code.vpxord(registers[i], registers[i], registers[i]);
        code.cmp(effect, (int)TileEffect.GoOn);
        code.jne(start);
        EachSum((r, v) => code.vmovups(Sum(r, v), __[row + v * VectorBytes]));

        code.Label(ref start);
        code.mov(ahead, __[rsp + 8]);
        code.mov(aheadStep, __[rsp + 16]);
        code.test(words, words);
        code.je(end);
        code.Label(ref loop);
        for (int v = 0; v < vectors; v++) code.vmovups(Columns(v), __[b + v * VectorBytes]);
        for (int r = 0; r < rows; r++)
        {
            code.vpbroadcastd(element, __dword_ptr[a + r * sizeof(float)]);
            for (int v = 0; v < vectors; v++) code.vdpbf16ps(Sum(r, v), Columns(v), element);
        }

        code.prefetcht1(__[ahead]);
        code.add(ahead, aheadStep);
        code.add(a, MicroKernel.Rows * sizeof(float));
        code.add(b, vectors * VectorBytes);
        code.dec(words);
        code.jne(loop);

        code.Label(ref end);
        code.cmp(effect, (int)TileEffect.Add);
        code.jne(store);
        EachSum((r, v) => code.vaddps(Sum(r, v), Sum(r, v), __zmmword_ptr[row + v * VectorBytes]));

        code.Label(ref store);
        EachSum((r, v) => code.vmovups(__[row + v * VectorBytes], Sum(r, v)));
        code.vzeroupper();
        code.ret();

        using var stream = new MemoryStream();
        code.Assemble(new StreamCodeWriter(stream), rip: 0);
        return stream.ToArray();

        // with the address of its row in `row`
        void EachSum(Action<int, int> body)
        {
            code.mov(row, c);
            for (int r = 0; r < rows; r++)
            {
                for (int v = 0; v < vectors; v++) body(r, v);
                code.add(row, stride);
            }
        }
    }
}
