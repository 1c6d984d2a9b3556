using System.Runtime.InteropServices;

namespace AlbertCompiled.Training;

/// <summary>Writes a <see cref="Corpus"/>: tokens as they come, the tables at the end, the header last, so that half a file is never valid.</summary>
sealed class CorpusWriter : IDisposable
{
    readonly FileStream stream;
    readonly int vocabularySize;
    readonly List<long> firstToken = [0];
    readonly List<int> section = [];
    readonly List<int> firstSentence = [0];
    readonly List<byte> heldOut = [];
    long tokens;

    public CorpusWriter(string path, int vocabularySize)
    {
        stream = new(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16);
        stream.Position = new CorpusHeader(0, 0, 0, 0).TokensAt;
        this.vocabularySize = vocabularySize;
    }

    /// <summary>Appends a document; sentences without tokens are left out, and so is a document without sentences.</summary>
    public void Add(bool isHeldOut, IReadOnlyList<(int[] Ids, int Section)> sentences)
    {
        int before = section.Count;
        foreach (var (ids, sentenceSection) in sentences)
        {
            if (ids.Length == 0) continue;
            stream.Write(MemoryMarshal.AsBytes(ids.AsSpan()));
            tokens += ids.Length;
            firstToken.Add(tokens);
            section.Add(sentenceSection);
        }

        if (section.Count == before) return;
        firstSentence.Add(section.Count);
        heldOut.Add(isHeldOut ? (byte)1 : (byte)0);
    }

    public void Finish()
    {
        var header = new CorpusHeader(tokens, section.Count, heldOut.Count, vocabularySize);
        Write(header.FirstTokenAt, firstToken);
        Write(header.SectionAt, section);
        Write(header.FirstSentenceAt, firstSentence);
        Write(header.HeldOutAt, heldOut);
        stream.SetLength(header.Length);
        stream.Position = 0;
        stream.Write(MemoryMarshal.AsBytes(new Span<CorpusHeader>(ref header)));
        stream.Flush(flushToDisk: true);
    }

    public void Dispose() => stream.Dispose();

    void Write<T>(long offset, List<T> values) where T : unmanaged
    {
        stream.Position = offset;
        stream.Write(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(values)));
    }
}
