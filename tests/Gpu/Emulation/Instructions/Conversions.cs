namespace AlbertCompiled.Tests.Gpu.Emulation;

/// <summary>cvt and cvta.</summary>
static class Conversions
{
    public static IEnumerable<(string, Func<Decoding, Instruction>)> Rules =>
    [
        ("cvt", Convert),
        ("cvta", ConvertAddress),
    ];

    static Instruction Convert(Decoding d)
    {
        var s = d.Statement;
        if (s.Opcode[^1] == "f32" && s.Opcode.Length >= 3 && s.Opcode[^2] is "bf16x2" or "f16x2")
        {
            d.Expect(3, 3);
            if (s.Opcode[^2] != "bf16x2" || !s.Has("rn") || s.Has("relu")) throw d.Error("this form is not known");
            return new PackBFloat16(d.Target(d[0], PtxType.B32), d.Source(d[1], PtxType.F32), d.Source(d[2], PtxType.F32));
        }

        d.Expect(2, 2);
        string to = s.Opcode[^2], from = s.Opcode[^1];
        if (!PtxType.TryParse(to, out var target) || !PtxType.TryParse(from, out var source)) throw d.Error("two types are expected");
        string rounding = s.Opcode.FirstOrDefault(m => m is "rn" or "rz" or "rm" or "rp" or "rni" or "rzi" or "rmi" or "rpi", "");
        bool fromFloat = source.IsFloat || from == "bf16", toFloat = target.IsFloat || to == "bf16";
        if (fromFloat && !toFloat && !rounding.EndsWith('i')) throw d.Error("a rounding to integers is missing");
        if (!fromFloat && toFloat && rounding is not ("rn" or "rz" or "rm" or "rp")) throw d.Error("a rounding is missing");
        if (fromFloat && toFloat && target.Bytes < source.Bytes && rounding.Length == 0) throw d.Error("a rounding is missing");
        if (toFloat && rounding is "rz" or "rm" or "rp") throw d.Error("this rounding is not known");
        int a = d.Source(d[1], source, relaxed: true), b = d.Target(d[0], target, relaxed: true);
        Func<ulong, double> read = from == "bf16" ? x => LaneBits.FromBFloat16((ushort)x) : source.Bytes switch
        {
            2 => x => (double)BitConverter.UInt16BitsToHalf((ushort)x),
            4 => x => BitConverter.UInt32BitsToSingle((uint)x),
            _ => BitConverter.UInt64BitsToDouble,
        };
        int sourceBits = 8 * source.Bytes, targetBits = 8 * target.Bytes;
        bool wideTarget = false;
        if (d.RegisterType(d[0]) is { } register && register.Bytes > target.Bytes) wideTarget = true;
        if (!fromFloat && !toFloat)
        {
            // A conversion into a wider register extends by the target's sign.
            return new LaneFunction(b, [a], (x, _, _, _) =>
            {
                long value = source.IsSigned ? BitOperationsSet.Extend(x, sourceBits) : (long)BitOperationsSet.Narrow(x, sourceBits);
                if (s.Has("sat")) value = Saturate(value, source, target);
                ulong narrow = BitOperationsSet.Narrow((ulong)value, targetBits);
                return wideTarget && target.IsSigned ? BitOperationsSet.Narrow((ulong)BitOperationsSet.Extend(narrow, targetBits), 32) : narrow;
            });
        }

        if (fromFloat && !toFloat) return new LaneFunction(b, [a], (x, _, _, _) => Integer(Round(read(x), rounding), target, wideTarget));
        Func<ulong, double> integer = source.IsSigned ? x => BitOperationsSet.Extend(x, sourceBits) : x => BitOperationsSet.Narrow(x, sourceBits);
        if (!fromFloat && target is { IsFloat: true, Bytes: 4 })
            return source.IsSigned
                ? new LaneFunction(b, [a], (x, _, _, _) => BitConverter.SingleToUInt32Bits(BitOperationsSet.Extend(x, sourceBits)))
                : new LaneFunction(b, [a], (x, _, _, _) => BitConverter.SingleToUInt32Bits(BitOperationsSet.Narrow(x, sourceBits)));
        var value = fromFloat ? read : integer;
        return new LaneFunction(b, [a], (x, _, _, _) =>
        {
            double v = rounding.EndsWith('i') ? Round(value(x), rounding) : value(x);
            if (s.Has("sat")) v = double.IsNaN(v) ? 0 : Math.Clamp(v, 0, 1);
            return to == "bf16" ? LaneBits.ToBFloat16((float)v) : target.Bytes switch
            {
                2 => BitConverter.HalfToUInt16Bits((Half)v),
                4 => BitConverter.SingleToUInt32Bits((float)v),
                _ => BitConverter.DoubleToUInt64Bits(v),
            };
        });
    }

    static double Round(double x, string rounding) => rounding switch
    {
        "rni" => Math.Round(x, MidpointRounding.ToEven),
        "rzi" => Math.Truncate(x),
        "rmi" => Math.Floor(x),
        "rpi" => Math.Ceiling(x),
        _ => x,
    };

    /// <summary>Floats beyond an integer type become its limits, NaN becomes 0.</summary>
    static ulong Integer(double x, PtxType type, bool wideTarget)
    {
        if (double.IsNaN(x)) return 0;
        int bits = 8 * type.Bytes;
        if (!type.IsSigned) return x <= 0 ? 0 : x >= Math.Pow(2, bits) ? BitOperationsSet.Narrow(ulong.MaxValue, bits) : (ulong)x;
        double limit = Math.Pow(2, bits - 1);
        long most = (long)(ulong.MaxValue >> 65 - bits);
        long value = x >= limit ? most : x <= -limit ? -most - 1 : (long)x;
        return BitOperationsSet.Narrow((ulong)value, wideTarget ? Math.Max(bits, 32) : bits);
    }

    static long Saturate(long value, PtxType source, PtxType target)
    {
        int bits = 8 * target.Bytes;
        if (target.IsSigned)
        {
            long most = (long)(ulong.MaxValue >> 65 - bits);
            return !source.IsSigned && value < 0 ? most : Math.Clamp(value, -most - 1, most);
        }

        if (source.IsSigned && value < 0) return 0;
        return (ulong)value > BitOperationsSet.Narrow(ulong.MaxValue, bits) ? (long)BitOperationsSet.Narrow(ulong.MaxValue, bits) : value;
    }

    static LaneFunction ConvertAddress(Decoding d)
    {
        d.Expect(2, 2);
        var type = d.Type();
        bool to = d.Statement.Has("to"), shared = d.Statement.Has("shared") || d.Statement.Has("shared::cta");
        ulong shift = !shared ? 0 : to ? ~SharedMemory.Window + 1 : SharedMemory.Window;
        int target = d.Target(d[0], type), source = d.Source(d[1], type, relaxed: true);
        return new(target, [source], (x, _, _, _) => x + shift);
    }
}

/// <summary>cvt.rn.bf16x2.f32: the first source becomes the upper half.</summary>
sealed unsafe class PackBFloat16(int d, int high, int low) : Instruction
{
    public override void Execute(Warp warp, uint mask)
    {
        ulong* r = warp.Registers;
        while (mask != 0)
        {
            int i = NextLane(ref mask);
            uint upper = LaneBits.ToBFloat16(BitConverter.UInt32BitsToSingle((uint)r[high * Warp.Size + i]));
            r[d * Warp.Size + i] = upper << 16 | LaneBits.ToBFloat16(BitConverter.UInt32BitsToSingle((uint)r[low * Warp.Size + i]));
        }
    }
}
