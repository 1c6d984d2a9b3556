namespace AlbertCompiled.Cpu;

/// <summary>
/// A product of rows that lie across memory with columns that all find room in the second-level cache, stored or added: the gradient of a table, say.
/// A strip meets all panels before the next one's turn, so that rows are read once and where they lie, and what becomes of them goes to memory in its order.
/// </summary>
unsafe struct TallJob<V> : IScratchJob where V : struct, ISimd<V>
{
    const int PartsPerThread = 4;

    int m, k, parts;
    Matrix a;
    Panels panels;
    PlainTiles target;

    // The first panel, and the floats from one word of a panel to the next, or 0 where panels are packed.
    float* columns;
    long stride;

    /// <summary>True if an operand op(a) of such a product stays where it lies.</summary>
    public static bool Fits(in Blocking blocking, Matrix a, int m, int n, int k) =>
        a.Transposed && m >= MicroKernel.Rows && n > 0 && k <= blocking.InnerWhole && (long)n * k <= blocking.RunFloats && CacheSets.Hold(a.Stride, k);

    /// <summary>Brings op(a) · op(b) to its place.</summary>
    public static void Multiply(ThreadTeam team, Matrix a, Matrix b, int m, int n, int k, PlainTiles target)
    {
        var job = new TallJob<V> { m = m, k = k, a = a, panels = new(n, V.Count), target = target, columns = b.Data, stride = b.Stride };
        if (!PanelSource.CanStay(b, n, k, V.Count))
        {
            job.columns = team.Packing.Reserve(PackedB.PackedLength<Float32>(n, k));
            job.stride = 0;
            PackedB.Pack<V, Float32>(team, b, n, k, job.columns);
        }

        job.parts = Math.Min(job.Strips, PartsPerThread * team.Threads);
        team.Run(job, job.parts, MicroKernel.MaximumTile);
    }

    public readonly JobCost Cost => new(2.0 * m * panels.Columns * k, sizeof(float) * ((double)m * k + (double)panels.Columns * k + (double)m * panels.Columns));

    readonly int Strips => (m + MicroKernel.Rows - 1) / MicroKernel.Rows;

    public override readonly string ToString() => $"{target.Effect} [{m}, {panels.Columns}] over {k}";

    public readonly void Run(int part, float* scratch)
    {
        int first = (int)((long)Strips * part / parts), last = (int)((long)Strips * (part + 1) / parts);
        // Room in the inner kernels to ask for the lines of the next strip's place.
        bool asks = target.Stride == panels.Columns && (panels.Count - 1L) * k >= MicroKernel.Rows * panels.Columns / Simd.LineFloats;
        for (int s = first; s < last; s++)
        {
            // A last strip that is not whole begins earlier: its first rows are computed again and not handed over.
            int row = s * MicroKernel.Rows, rows = Math.Min(MicroKernel.Rows, m - row), again = Strip.RowsFor(rows) - rows;
            var strip = Strip.InPlace(a.From(row - again, 0), rows);
            float* panel = columns, place = target.At(row, 0), ahead = a.From(row + 2 * MicroKernel.Rows, 0).Data;
            long step = a.Stride;
            for (int p = 0; p < panels.Count; p++)
            {
                int width = panels.Width(p), valid = panels.Valid(p);
                long word = stride == 0 ? width : stride;
                if (again == 0 && valid == width) MicroKernel.Tile<V>(panels.Vectors(p), strip, panel, word, k, place, target.Stride, target.Effect, ahead, step);
                else
                {
                    MicroKernel.Tile<V>(panels.Vectors(p), strip, panel, word, k, scratch, width, TileEffect.Set, ahead, step);
                    target.Bring<V>(scratch + again * width, width, row, rows, panels.First(p), valid);
                }

                panel += stride == 0 ? (long)width * k : width;
                place += width;
                // two strips share the lines of their rows, so that those of the one after the next are asked for; then comes the next strip's place
                ahead = p == 0 ? target.At(row + MicroKernel.Rows, 0) : ahead + k * Simd.LineFloats;
                step = asks ? Simd.LineFloats : 0;
            }
        }
    }
}
