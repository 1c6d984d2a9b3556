using System.Text;

namespace AlbertCompiled.Training;

/// <summary>Which documents are kept for evaluation: one in twenty, by a checksum of the name, so that the choice survives changes elsewhere in the corpus.</summary>
public static class HeldOut
{
    /// <summary>One in this many.</summary>
    public const int Share = 20;

    /// <summary>True if documents of this group are held out.</summary>
    /// <param name="group">A name that documents which resemble each other share.</param>
    public static bool Contains(string group) => Crc32.Of(Encoding.UTF8.GetBytes(group)) % Share == 0;
}
