namespace AlbertCompiled.Tests.Gpu.Emulation;

/// <summary>
/// Counts how often a shared access must be repeated: 32 banks of 4 bytes serve one word each at a time. Accesses of 8 bytes go by half warps,
/// of 16 bytes by quarters.
/// </summary>
sealed class BankCounter
{
    readonly int[] counts = new int[32];
    readonly uint[] words = new uint[32 * 128];

    /// <summary>Phases that an ideal access takes, and repetitions beyond.</summary>
    /// <param name="addresses">An address for each lane.</param>
    /// <param name="mask">Lanes that take part.</param>
    /// <param name="size">Bytes of an access.</param>
    public (int Phases, int Conflicts) Count(ReadOnlySpan<uint> addresses, uint mask, int size)
    {
        int perPhase = size <= 4 ? 32 : 128 / size, phases = 0, conflicts = 0;
        for (int first = 0; first < 32; first += perPhase)
        {
            uint part = perPhase == 32 ? mask : mask >> first & (1u << perPhase) - 1;
            if (part == 0) continue;
            phases++;
            Array.Clear(counts);
            int most = 1;
            for (int lane = first; lane < first + perPhase; lane++)
            {
                if ((mask >> lane & 1) == 0) continue;
                uint word = addresses[lane] >> 2;
                for (int i = 0; i < (size + 3) / 4; i++, word++)
                {
                    int bank = (int)(word & 31), count = counts[bank], at = bank * 128;
                    bool known = false;
                    for (int j = 0; j < count && !known; j++) known = words[at + j] == word;
                    if (known) continue;
                    words[at + count] = word;
                    counts[bank] = ++count;
                    if (count > most) most = count;
                }
            }

            conflicts += most - 1;
        }

        return (phases, conflicts);
    }
}
