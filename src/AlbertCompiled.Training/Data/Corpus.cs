using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace AlbertCompiled.Training;

/// <summary>
/// A tokenized text in memory-mapped files (<see cref="CorpusFiles"/>). The manifest, the vocabulary and the tables are checked when it is opened, a
/// chunk of tokens when it is first read. Safe to read from several threads.
/// </summary>
public sealed unsafe class Corpus : IDisposable
{
    const int MostParts = 256, PartTokens = 1 << 14; // that are enough to tell a share

    readonly CorpusFiles files;
    readonly MappedFile tokens, sentences, documents;
    readonly uint[] checksums; // of the chunks of tokens, then of the tables
    readonly bool[] isChecked; // chunks of tokens
    readonly int tokenBytes;
    bool disposed;

    Corpus(CorpusFiles files, CorpusManifest manifest)
    {
        (this.files, Manifest) = (files, manifest);
        tokenBytes = CorpusFiles.TokenBytes(manifest.VocabularySize);
        try
        {
            // lengths are checked before anything of their size is allocated
            tokens = new(files.Tokens, manifest.Tokens * tokenBytes);
            sentences = new(files.Sentences, CorpusFiles.SentenceBytes(Sentences));
            documents = new(files.Documents, CorpusFiles.DocumentBytes(Documents));
            checksums = ReadChecksums();
            isChecked = new bool[CorpusFiles.Chunks(tokens.Length)];
            (TrainingDocuments, HeldOutDocuments) = (new int[Documents - manifest.HeldOutDocuments], new int[manifest.HeldOutDocuments]);
            CheckVocabulary();
            CheckTables();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>What it is and what it was made of.</summary>
    public CorpusManifest Manifest { get; }

    /// <summary>The folder.</summary>
    public string Folder => files.Folder;

    /// <summary>Checksum of the text and the vocabulary that it was made of.</summary>
    public string Key => Manifest.Key;

    /// <summary>Tokens of all sentences, without special pieces.</summary>
    public long Tokens => Manifest.Tokens;

    /// <summary>Sentences of all documents.</summary>
    public int Sentences => Manifest.Sentences;

    /// <summary>Documents.</summary>
    public int Documents => Manifest.Documents;

    /// <summary>Ordinals of the documents to train on, ascending.</summary>
    public int[] TrainingDocuments { get; }

    /// <summary>Ordinals of the documents kept for evaluation, ascending.</summary>
    public int[] HeldOutDocuments { get; }

    /// <summary>True if the folder holds a whole dataset.</summary>
    /// <exception cref="TrainingException">The folder cannot be read.</exception>
    public static bool Exists(string folder) => FileSearch.Exists(new CorpusFiles(folder).Manifest);

    /// <summary>The vocabulary that a dataset was made with, as a file.</summary>
    /// <exception cref="TrainingException">It is not there or not whole.</exception>
    public static string VocabularyOf(string folder) => Find(folder).Vocabulary;

    /// <summary>Opens a dataset.</summary>
    /// <exception cref="TrainingException">It is not there, not whole, or damaged.</exception>
    public static Corpus Open(string folder)
    {
        var files = Find(folder);
        var manifest = SealedJson.Read<CorpusManifest>(files.Manifest);
        if (manifest.Format != CorpusManifest.CurrentFormat)
            throw new TrainingException($"{files.Manifest} is of version {manifest.Format}, not {CorpusManifest.CurrentFormat}: prepare the dataset again");
        if (manifest is not { Key: not null, Text: not null, Sources: not null, VocabularyHash: not null, Documents: > 0, Sentences: > 0, Tokens: > 0, VocabularySize: > 0, HeldOutDocuments: >= 0 } || manifest.HeldOutDocuments > manifest.Documents
            || manifest.Documents > manifest.Sentences || manifest.Sentences > manifest.Tokens || manifest.Tokens > (long)manifest.Sentences * CorpusFiles.LongestSentence)
            throw new TrainingException($"{files.Manifest} is corrupted: its counts contradict each other; prepare the dataset again");
        return new(files, manifest);
    }

    /// <summary>True if a dataset that cannot be opened has to be made again; false if it may be whole, but this process cannot read it.</summary>
    internal static bool IsDamage(TrainingException failure) => failure.InnerException is not (UnauthorizedAccessException or IOException and not (FileNotFoundException or DirectoryNotFoundException));

    /// <summary>Refuses a vocabulary that is not the one that the dataset was made with.</summary>
    /// <exception cref="TrainingException">It is another.</exception>
    public void CheckVocabulary(Vocabulary vocabulary)
    {
        if (vocabulary.Hash != Manifest.VocabularyHash)
            throw new TrainingException($"{Folder} was prepared with another vocabulary: prepare the text with this one, or train with {files.Vocabulary}");
    }

    /// <summary>First sentence of a document; the next document's is its end, and for the last <see cref="Documents"/> gives it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such document.</exception>
    public int FirstSentence(int document) => (int)(Document(document) & ~CorpusFiles.Flag);

    /// <summary>True if a sentence begins a section of its document.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sentence.</exception>
    public bool StartsSection(int sentence)
    {
        RequireWithin(sentence, Sentences);
        return (CorpusFiles.Sentence(sentences.Start, sentence).Entry & CorpusFiles.Flag) != 0;
    }

    /// <summary>Position of a sentence's first token; the next sentence's is its end, and for the last <see cref="Sentences"/> gives it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sentence.</exception>
    public long FirstToken(int sentence)
    {
        RequireWithin(sentence, Sentences);
        var (entry, start) = CorpusFiles.Sentence(sentences.Start, sentence);
        return start + (entry & ~CorpusFiles.Flag);
    }

    /// <summary>Tokens of <paramref name="count"/> sentences in a row.</summary>
    public int TokenCount(int sentence, int count) => (int)(FirstToken(sentence + count) - FirstToken(sentence));

    /// <summary>Reads tokens from position <paramref name="token"/> on, of any sentences.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many.</exception>
    /// <exception cref="TrainingException">They are damaged.</exception>
    public void Read(long token, Span<int> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(token);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(token, Tokens - destination.Length);
        ObjectDisposedException.ThrowIf(disposed, this);
        if (destination.IsEmpty) return;
        long first = token * tokenBytes / CorpusFiles.ChunkBytes, last = ((token + destination.Length) * tokenBytes - 1) / CorpusFiles.ChunkBytes;
        for (long chunk = first; chunk <= last; chunk++)
            if (!isChecked[chunk]) Check(chunk);
        if (tokenBytes == sizeof(int))
        {
            new ReadOnlySpan<int>((int*)tokens.Start + token, destination.Length).CopyTo(destination);
            return;
        }

        var narrow = new ReadOnlySpan<ushort>((ushort*)tokens.Start + token, destination.Length);
        for (int i = 0; i < narrow.Length; i++) destination[i] = narrow[i];
    }

    /// <summary>The tokens of a sentence.</summary>
    public int[] Sentence(int sentence)
    {
        int[] ids = new int[TokenCount(sentence, 1)];
        Read(FirstToken(sentence), ids);
        return ids;
    }

    /// <summary>Share of a token among all; of a large dataset, among parts of it that lie evenly.</summary>
    /// <exception cref="TrainingException">Some are damaged.</exception>
    public double Share(int token)
    {
        var buffer = new int[PartTokens];
        long parts = Math.Min(MostParts, (Tokens + PartTokens - 1) / PartTokens), found = 0, seen = 0;
        for (long part = 0; part < parts; part++)
        {
            long first = parts < MostParts ? part * PartTokens : part * (Tokens - PartTokens) / (parts - 1);
            var read = buffer.AsSpan(0, (int)Math.Min(PartTokens, Tokens - first));
            Read(first, read);
            found += read.Count(token);
            seen += read.Length;
        }

        return (double)found / seen;
    }

    /// <summary>Checks all tokens.</summary>
    /// <param name="cancellation">Stops the check.</param>
    /// <exception cref="TrainingException">Some are damaged.</exception>
    public void Check(CancellationToken cancellation)
    {
        for (long chunk = 0; chunk < isChecked.Length; chunk++)
        {
            cancellation.ThrowIfCancellationRequested();
            Check(chunk);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        disposed = true;
        tokens?.Dispose();
        sentences?.Dispose();
        documents?.Dispose();
    }

    static CorpusFiles Find(string folder)
    {
        var files = new CorpusFiles(folder);
        return Exists(folder) ? files : throw new TrainingException(
            File.Exists(files.Progress) ? $"{folder} is not prepared to the end: run the same albert prepare again"
            : !FileSearch.FolderExists(folder) ? $"there is no folder {folder}: albert prepare makes a dataset"
            : $"{folder} is not a dataset: it has no manifest.json; albert prepare makes one");
    }

    void Check(long chunk)
    {
        tokens.Check(chunk, checksums[chunk]);
        var bytes = tokens.Chunk(chunk);
        long greatest = 0;
        if (tokenBytes == sizeof(ushort)) foreach (ushort id in MemoryMarshal.Cast<byte, ushort>(bytes)) greatest = Math.Max(greatest, id);
        else foreach (uint id in MemoryMarshal.Cast<byte, uint>(bytes)) greatest = Math.Max(greatest, id);
        if (greatest >= Manifest.VocabularySize) throw tokens.Damaged(chunk * CorpusFiles.ChunkBytes, bytes.Length, $"hold the id {greatest} of {Manifest.VocabularySize} pieces");
        isChecked[chunk] = true;
    }

    uint[] ReadChecksums()
    {
        long count = CorpusFiles.Chunks(tokens.Length) + CorpusFiles.Chunks(sentences.Length) + CorpusFiles.Chunks(documents.Length);
        using var file = new MappedFile(files.Checksums, count * sizeof(uint));
        var bytes = new ReadOnlySpan<byte>(file.Start, (int)file.Length);
        if (Crc32C.Of(bytes) != Manifest.Checksums) throw file.Damaged(0, file.Length, "do not fit their checksum");
        return MemoryMarshal.Cast<byte, uint>(bytes).ToArray();
    }

    void CheckVocabulary()
    {
        try
        {
            using var stream = File.OpenRead(files.Vocabulary);
            if (Convert.ToHexStringLower(SHA256.HashData(stream)) != Manifest.VocabularyHash)
                throw new TrainingException($"{files.Vocabulary} is not the vocabulary that the dataset was made with: delete {Folder} and prepare the dataset again");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrainingException($"cannot read {files.Vocabulary}: {e.Reason(files.Vocabulary)}", e);
        }
    }

    // besides the checksums, that every entry is above the one before: readers follow them without a look
    void CheckTables()
    {
        long next = isChecked.Length;
        for (long chunk = 0; chunk < CorpusFiles.Chunks(sentences.Length); chunk++) sentences.Check(chunk, checksums[next++]);
        for (long chunk = 0; chunk < CorpusFiles.Chunks(documents.Length); chunk++) documents.Check(chunk, checksums[next++]);
        long before = -1;
        for (int sentence = 0; sentence <= Sentences; sentence++)
        {
            long token = FirstToken(sentence);
            if (token <= before || token > before + CorpusFiles.LongestSentence) throw sentences.Damaged(0, sentences.Length, $"put sentence {sentence} at token {token}");
            before = token;
        }

        int training = 0, heldOut = 0;
        bool ascends = before == Tokens && FirstSentence(0) == 0 && FirstToken(0) == 0 && FirstSentence(Documents) == Sentences;
        for (int document = 0; document < Documents && ascends; document++)
        {
            ascends = FirstSentence(document) < FirstSentence(document + 1);
            if ((Document(document) & CorpusFiles.Flag) != 0) ascends &= Store(HeldOutDocuments, heldOut++, document);
            else ascends &= Store(TrainingDocuments, training++, document);
        }

        if (!ascends) throw documents.Damaged(0, documents.Length, "do not ascend");
    }

    uint Document(int document)
    {
        RequireWithin(document, Documents);
        return ((uint*)documents.Start)[document];
    }

    // what is mapped is read without a look otherwise; the entry behind the last is an end
    void RequireWithin(int entry, int last)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(entry);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(entry, last);
        ObjectDisposedException.ThrowIf(disposed, this);
    }

    static bool Store(int[] list, int at, int document)
    {
        if (at >= list.Length) return false;
        list[at] = document;
        return true;
    }
}
