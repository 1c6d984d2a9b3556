using System.Runtime.InteropServices;

namespace AlbertCompiled.Training;

/// <summary>Where a preparation stands: everything up to here is on the disk. Kept as progress.json until the dataset is whole.</summary>
/// <param name="Key">Checksum of the text and the vocabulary.</param>
/// <param name="File">Ordinal of the text file at hand.</param>
/// <param name="DocumentsOfFile">Documents of it that are done.</param>
/// <param name="Documents">Documents written.</param>
/// <param name="HeldOutDocuments">Those held out.</param>
/// <param name="Sentences">Sentences written.</param>
/// <param name="Tokens">Tokens written.</param>
/// <param name="LastDocument">Entry of the last document, which is written with the next.</param>
/// <param name="GroupStart">Position of the first token of the group of sentences at hand.</param>
/// <param name="TokenFile">The ids.</param>
/// <param name="SentenceFile">The table of sentences.</param>
/// <param name="DocumentFile">The table of documents.</param>
/// <param name="Checksum">CRC-32C of this file with a 0 in this place.</param>
sealed record CorpusProgress(
    string Key, int File, long DocumentsOfFile, int Documents, int HeldOutDocuments, int Sentences, long Tokens, uint? LastDocument, long GroupStart,
    ChecksummedLength TokenFile, ChecksummedLength SentenceFile, ChecksummedLength DocumentFile, uint Checksum) : ISealed<CorpusProgress>
{
    CorpusProgress ISealed<CorpusProgress>.Seal(uint checksum) => this with { Checksum = checksum };
}

/// <summary>Writes the files of a <see cref="Corpus"/>, all of them only at their ends, so that memory does not grow with the text.</summary>
sealed class CorpusWriter : IDisposable
{
    readonly CorpusFiles files;
    readonly Vocabulary vocabulary;
    readonly ChecksummedFile[] opened = new ChecksummedFile[3];
    readonly bool narrow;
    readonly ushort[] narrowed = new ushort[CorpusFiles.LongestSentence];
    uint? lastDocument;
    long groupStart;

    /// <summary>Begins a dataset in an existing folder, or goes on with one.</summary>
    public CorpusWriter(string folder, Vocabulary vocabulary, CorpusProgress? from = null)
    {
        (files, this.vocabulary) = (new(folder), vocabulary);
        narrow = CorpusFiles.TokenBytes(vocabulary.Size) == sizeof(ushort);
        try
        {
            opened[0] = new(files.Tokens, from?.TokenFile);
            opened[1] = new(files.Sentences, from?.SentenceFile);
            opened[2] = new(files.Documents, from?.DocumentFile);
        }
        catch
        {
            Dispose();
            throw;
        }

        if (from is null) return;
        (Documents, HeldOutDocuments, Sentences, Tokens, lastDocument) = (from.Documents, from.HeldOutDocuments, from.Sentences, from.Tokens, from.LastDocument);
        groupStart = from.GroupStart;
    }

    public int Documents { get; private set; }

    public int HeldOutDocuments { get; private set; }

    public int Sentences { get; private set; }

    public long Tokens { get; private set; }

    /// <summary>Appends a document; sentences without tokens are left out, and so is a document without sentences.</summary>
    /// <exception cref="TrainingException">The dataset has as many sentences as one can hold.</exception>
    public void Add(bool heldOut, IReadOnlyList<(int[] Ids, int Section)> sentences)
    {
        int first = Sentences, section = -1;
        foreach (var (ids, sentenceSection) in sentences)
            for (int at = 0; at < ids.Length; at += CorpusFiles.LongestSentence)
            {
                var part = ids.AsSpan(at, Math.Min(CorpusFiles.LongestSentence, ids.Length - at));
                AddSentence(part, startsSection: Sentences == first || sentenceSection != section);
                section = sentenceSection;
            }

        if (Sentences == first) return;
        if (lastDocument is { } last) WriteDocument(last);
        lastDocument = heldOut ? (uint)first | CorpusFiles.Flag : (uint)first;
        Documents++;
        if (heldOut) HeldOutDocuments++;
    }

    /// <summary>Brings what was added to the disk and notes it in the folder.</summary>
    public void Commit(string key, int file, long documentsOfFile) => SealedJson.Write(
        files.Progress,
        new CorpusProgress(
            key, file, documentsOfFile, Documents, HeldOutDocuments, Sentences, Tokens, lastDocument, groupStart, TokenFile.Commit(), SentenceFile.Commit(), DocumentFile.Commit(), 0));

    /// <summary>Completes the dataset.</summary>
    public void Finish(string key, string text, IReadOnlyList<SourceFile> sources)
    {
        if (lastDocument is { } last)
        {
            bool chosen = HeldOut.TakesLast(Documents, HeldOutDocuments);
            WriteDocument(chosen ? last | CorpusFiles.Flag : last);
            if (chosen) HeldOutDocuments++;
        }

        WriteDocument((uint)Sentences);
        WriteSentence(startsSection: true);
        byte[] checksums = [.. TokenFile.Commit().Checksums, .. SentenceFile.Commit().Checksums, .. DocumentFile.Commit().Checksums];
        DurableFiles.Write(files.Checksums, checksums);
        DurableFiles.Write(files.Vocabulary, vocabulary.Bytes);
        SealedJson.Write(files.Manifest, new CorpusManifest(
            CorpusManifest.CurrentFormat, key, text, vocabulary.Size, vocabulary.Hash, Documents, HeldOutDocuments, Sentences, Tokens, sources, Crc32C.Of(checksums), 0));
        File.Delete(files.Progress);
    }

    public void Dispose()
    {
        foreach (var file in opened) file?.Dispose();
    }

    ChecksummedFile TokenFile => opened[0];

    ChecksummedFile SentenceFile => opened[1];

    ChecksummedFile DocumentFile => opened[2];

    void AddSentence(ReadOnlySpan<int> ids, bool startsSection)
    {
        if (Sentences == int.MaxValue - 1) throw new TrainingException($"the text has more than {int.MaxValue - 1:#,0} sentences, more than a dataset holds: part it");
        WriteSentence(startsSection);
        if (narrow)
        {
            for (int i = 0; i < ids.Length; i++) narrowed[i] = (ushort)ids[i];
            TokenFile.Append(MemoryMarshal.AsBytes(narrowed.AsSpan(0, ids.Length)));
        }
        else
        {
            TokenFile.Append(MemoryMarshal.AsBytes(ids));
        }

        Sentences++;
        Tokens += ids.Length;
    }

    void WriteSentence(bool startsSection)
    {
        if (CorpusFiles.StartsGroup(Sentences)) SentenceFile.Append(BitConverter.GetBytes(groupStart = Tokens));
        uint entry = (uint)(Tokens - groupStart);
        SentenceFile.Append(BitConverter.GetBytes(startsSection ? entry | CorpusFiles.Flag : entry));
    }

    void WriteDocument(uint entry) => DocumentFile.Append(BitConverter.GetBytes(entry));
}
