namespace AlbertCompiled.Training;

/// <summary>The files of a dataset and the layout of its tables.</summary>
/// <param name="Folder">The folder.</param>
sealed record CorpusFiles(string Folder)
{
    /// <summary>Bytes that one checksum covers.</summary>
    public const int ChunkBytes = 1 << 16;

    /// <summary>Tokens of the longest sentence; a longer one is cut.</summary>
    public const int LongestSentence = ushort.MaxValue;

    /// <summary>Set in a document's entry if it is held out, and in a sentence's if it begins a section.</summary>
    public const uint Flag = 1u << 31;

    // a group is a long, the position of its first sentence's first token, and an entry a sentence, the distance from there
    const int GroupBits = 15, GroupSentences = 1 << GroupBits, GroupBytes = sizeof(long) + GroupSentences * sizeof(uint);

    /// <summary>Ids, of two bytes or four.</summary>
    public string Tokens => Path.Combine(Folder, "tokens.bin");

    /// <summary>Where each sentence begins, in groups.</summary>
    public string Sentences => Path.Combine(Folder, "sentences.bin");

    /// <summary>The first sentence of each document.</summary>
    public string Documents => Path.Combine(Folder, "documents.bin");

    /// <summary>CRC-32C of every chunk of the three files above, in that order.</summary>
    public string Checksums => Path.Combine(Folder, "checksums.bin");

    /// <summary>What the dataset is; written last, so a folder without one is not whole.</summary>
    public string Manifest => Path.Combine(Folder, "manifest.json");

    /// <summary>A copy of the vocabulary that made the ids.</summary>
    public string Vocabulary => Path.Combine(Folder, "vocabulary.model");

    /// <summary>How far an unfinished preparation has come.</summary>
    public string Progress => Path.Combine(Folder, "progress.json");

    IEnumerable<string> All => [Progress, Manifest, Checksums, Tokens, Sentences, Documents, Vocabulary];

    /// <summary>Bytes of an id.</summary>
    public static int TokenBytes(int vocabularySize) => vocabularySize <= ushort.MaxValue + 1 ? sizeof(ushort) : sizeof(int);

    /// <summary>Bytes of the table of this many sentences: one entry more marks the end.</summary>
    public static long SentenceBytes(long sentences) => (sentences >> GroupBits) * GroupBytes + sizeof(long) + ((sentences & (GroupSentences - 1)) + 1) * sizeof(uint);

    /// <summary>Bytes of the table of this many documents: one entry more marks the end.</summary>
    public static long DocumentBytes(long documents) => (documents + 1) * sizeof(uint);

    /// <summary>Chunks of a file.</summary>
    public static long Chunks(long bytes) => (bytes + ChunkBytes - 1) / ChunkBytes;

    /// <summary>True if a sentence is the first of a group.</summary>
    public static bool StartsGroup(int sentence) => (sentence & (GroupSentences - 1)) == 0;

    /// <summary>The entry of a sentence and the position that it counts from.</summary>
    public static unsafe (uint Entry, long Base) Sentence(byte* table, int sentence)
    {
        byte* group = table + (long)(sentence >> GroupBits) * GroupBytes;
        return (((uint*)(group + sizeof(long)))[sentence & (GroupSentences - 1)], *(long*)group);
    }

    /// <summary>Deletes the files, and the folder if nothing else is in it.</summary>
    public void Delete()
    {
        foreach (string file in All) File.Delete(file);
        if (Directory.Exists(Folder) && !Directory.EnumerateFileSystemEntries(Folder).Any()) Directory.Delete(Folder);
    }
}
