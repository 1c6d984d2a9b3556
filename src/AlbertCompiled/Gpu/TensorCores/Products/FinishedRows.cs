using ILGPU;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>
/// Where 16 rows of 64 finished columns of a warp lie in shared memory, and how its lanes hand them to the epilogue. In units of 16 bytes: of each eight columns the first four
/// lie in the row's first half, the last four in its second, and the eights of a half are exchanged by row and half. So lanes that read or write at once meet in no bank.
/// </summary>
internal static class FinishedRows
{
    /// <summary>Units from a row to the fourth after it, which is exchanged alike.</summary>
    const int FourRows = 64;

    /// <summary>The first four columns of the c-th eight of row r.</summary>
    static int First(int warp, int r, int c) => warp * 256 + r * 16 + (c ^ r % 4 * 2);

    /// <summary>The last four.</summary>
    static int Second(int warp, int r, int c) => warp * 256 + r * 16 + 8 + (c ^ r % 4 * 2 ^ 1);

    /// <summary>Eight columns.</summary>
    static Float8 Load(ArrayView<float> finished, int first, int second)
    {
        var fours = finished.Cast<Float4>();
        Float4 x = fours[first], y = fours[second];
        return new(x.X, x.Y, x.Z, x.W, y.X, y.Y, y.Z, y.W);
    }

    /// <summary>Eight columns one by one, as far as there are so many.</summary>
    public static void Apply<TEpilogue>(TEpilogue epilogue, Float8 sum, int row, int column, int n) where TEpilogue : struct, IGpuEpilogue
    {
        epilogue.Apply(new Float1(sum.A), row, column);
        if (column + 1 < n) epilogue.Apply(new Float1(sum.B), row, column + 1);
        if (column + 2 < n) epilogue.Apply(new Float1(sum.C), row, column + 2);
        if (column + 3 < n) epilogue.Apply(new Float1(sum.D), row, column + 3);
        if (column + 4 < n) epilogue.Apply(new Float1(sum.E), row, column + 4);
        if (column + 5 < n) epilogue.Apply(new Float1(sum.F), row, column + 5);
        if (column + 6 < n) epilogue.Apply(new Float1(sum.G), row, column + 6);
        if (column + 7 < n) epilogue.Apply(new Float1(sum.H), row, column + 7);
    }

    /// <summary>Hands 16 rows of 64 columns to the epilogue: a lane has eight columns of four rows.</summary>
    public static void Finish<TEpilogue>(TEpilogue epilogue, ArrayView<float> finished, int row, int m, int column, int n) where TEpilogue : struct, IGpuEpilogue
    {
        int lane = Group.IdxX, r = lane % 32 / 8, c = lane % 8, at = First(lane / 32, r, c), second = Second(lane / 32, r, c);
        column += c * 8;
        row += r;
        if (column >= n) return;
        if (n % 8 != 0)
        {
            for (int i = 0; i < 4; i++)
            {
                if (row + 4 * i < m) Apply(epilogue, Load(finished, at + i * FourRows, second + i * FourRows), row + 4 * i, column, n);
            }

            return;
        }

        // All at once where they exist, so that what their epilogues load is on its way at once.
        Float8 x = Load(finished, at, second), y = Load(finished, at + FourRows, second + FourRows);
        Float8 z = Load(finished, at + 2 * FourRows, second + 2 * FourRows), w = Load(finished, at + 3 * FourRows, second + 3 * FourRows);
        if (row + 12 < m)
        {
            epilogue.Apply(x, row, column);
            epilogue.Apply(y, row + 4, column);
            epilogue.Apply(z, row + 8, column);
            epilogue.Apply(w, row + 12, column);
        }
        else
        {
            if (row < m) epilogue.Apply(x, row, column);
            if (row + 4 < m) epilogue.Apply(y, row + 4, column);
            if (row + 8 < m) epilogue.Apply(z, row + 8, column);
        }
    }
}
