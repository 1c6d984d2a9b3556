using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;

namespace AlbertCompiled.Training;

/// <summary>
/// A tokenized corpus in a memory-mapped file. Layout: <see cref="CorpusHeader"/>, int tokens[], long firstToken[sentences + 1],
/// int section[sentences], int firstSentence[documents + 1], byte heldOut[documents], each array on an 8-byte boundary.
/// </summary>
public sealed unsafe class Corpus : IDisposable
{
    readonly MemoryMappedFile file;
    readonly MemoryMappedViewAccessor view;
    readonly byte* start;
    readonly int* tokens;
    readonly long* firstToken;
    readonly int* section;
    readonly int* firstSentence;
    readonly byte* heldOut;

    Corpus(string path, MemoryMappedFile file, MemoryMappedViewAccessor view, CorpusHeader header)
    {
        (Path, this.file, this.view) = (path, file, view);
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        start += view.PointerOffset;
        tokens = (int*)(start + header.TokensAt);
        firstToken = (long*)(start + header.FirstTokenAt);
        section = (int*)(start + header.SectionAt);
        firstSentence = (int*)(start + header.FirstSentenceAt);
        heldOut = start + header.HeldOutAt;
        Tokens = header.Tokens;
        Sentences = header.Sentences;
        Documents = header.Documents;
        VocabularySize = header.VocabularySize;
        TrainingDocuments = [.. Enumerable.Range(0, Documents).Where(d => heldOut[d] == 0)];
        HeldOutDocuments = [.. Enumerable.Range(0, Documents).Where(d => heldOut[d] != 0)];
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Checksum of the text and the vocabulary that it was made of.</summary>
    public string Key => System.IO.Path.GetFileNameWithoutExtension(Path);

    /// <summary>Tokens of all sentences, without special pieces.</summary>
    public long Tokens { get; }

    /// <summary>Sentences of all documents.</summary>
    public int Sentences { get; }

    /// <summary>Documents.</summary>
    public int Documents { get; }

    /// <summary>Size of the vocabulary that made the ids.</summary>
    public int VocabularySize { get; }

    /// <summary>Ordinals of the documents to train on.</summary>
    public int[] TrainingDocuments { get; }

    /// <summary>Ordinals of the documents kept for evaluation.</summary>
    public int[] HeldOutDocuments { get; }

    /// <summary>Opens a prepared corpus; null if the file is not there or not a whole one of this version.</summary>
    public static Corpus? TryOpen(string path)
    {
        if (!File.Exists(path) || new FileInfo(path).Length < sizeof(CorpusHeader)) return null;
        var file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        var view = file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        view.Read(0, out CorpusHeader header);
        if (header.IsValid && header.Length == new FileInfo(path).Length) return new(path, file, view, header);
        view.Dispose();
        file.Dispose();
        return null;
    }

    /// <summary>First sentence of a document; the next document's is its end.</summary>
    public int FirstSentence(int document) => firstSentence[document];

    /// <summary>True if a sentence begins a section of its document.</summary>
    public bool StartsSection(int sentence) => sentence == 0 || section[sentence] != section[sentence - 1];

    /// <summary>Position of a sentence's first token; the next sentence's is its end.</summary>
    public long FirstToken(int sentence) => firstToken[sentence];

    /// <summary>Tokens of <paramref name="count"/> sentences in a row.</summary>
    public int TokenCount(int sentence, int count) => (int)(firstToken[sentence + count] - firstToken[sentence]);

    /// <summary>Reads tokens from position <paramref name="token"/> on, of any sentences.</summary>
    public void Read(long token, Span<int> destination) => new ReadOnlySpan<int>(tokens + token, destination.Length).CopyTo(destination);

    /// <summary>The tokens of a sentence.</summary>
    public int[] Sentence(int sentence)
    {
        int[] ids = new int[TokenCount(sentence, 1)];
        Read(FirstToken(sentence), ids);
        return ids;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        view.SafeMemoryMappedViewHandle.ReleasePointer();
        view.Dispose();
        file.Dispose();
    }
}

/// <summary>The first bytes of a prepared corpus.</summary>
[StructLayout(LayoutKind.Sequential)]
struct CorpusHeader
{
    const ulong CurrentMagic = 0x31_5355_5052_4F43; // "CORPUS1"

    public ulong Magic;
    public long Tokens, TokensAt, FirstTokenAt, SectionAt, FirstSentenceAt, HeldOutAt, Length;
    public int Sentences, Documents, VocabularySize, Reserved;

    public CorpusHeader(long tokens, int sentences, int documents, int vocabularySize)
    {
        Magic = CurrentMagic;
        (Tokens, Sentences, Documents, VocabularySize) = (tokens, sentences, documents, vocabularySize);
        TokensAt = Round(Marshal.SizeOf<CorpusHeader>());
        FirstTokenAt = Round(TokensAt + tokens * sizeof(int));
        SectionAt = FirstTokenAt + (sentences + 1L) * sizeof(long);
        FirstSentenceAt = Round(SectionAt + (long)sentences * sizeof(int));
        HeldOutAt = Round(FirstSentenceAt + (documents + 1L) * sizeof(int));
        Length = HeldOutAt + documents;
    }

    public readonly bool IsValid => Magic == CurrentMagic;

    static long Round(long offset) => (offset + 7) & ~7L;
}
