using System.Text;

namespace AlbertCompiled.Training;

/// <summary>Which documents are kept for evaluation: one in twenty, by a checksum of the name, so that the choice survives changes elsewhere in the corpus.</summary>
public static class HeldOut
{
    /// <summary>One in this many.</summary>
    public const int Share = 20;

    /// <summary>Seed of all that is drawn from them: the same for every run.</summary>
    internal const ulong Seed = 99;

    /// <summary>
    /// True if the last document of a corpus is held out though its name did not choose it: a small corpus may have no name whose checksum falls into the
    /// twentieth, and something must be held out.
    /// </summary>
    /// <param name="documents">Documents of the corpus.</param>
    /// <param name="heldOut">Those that names chose.</param>
    public static bool TakesLast(long documents, long heldOut) => heldOut == 0 && documents > 1;

    /// <summary>True if documents of this group are held out.</summary>
    /// <param name="group">A name that documents which resemble each other share.</param>
    public static bool Contains(string group) => Crc32.Of(Encoding.UTF8.GetBytes(group)) % Share == 0;
}
