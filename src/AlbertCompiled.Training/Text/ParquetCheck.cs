using System.Buffers.Binary;
using Parquet.Meta;

namespace AlbertCompiled.Training;

/// <summary>Looks at a Parquet file where the library would trust it: the footer, and the header of each page of a column. Small pages may unpack to a megabyte, larger ones a thousandfold.</summary>
static class ParquetCheck
{
    const int Trailer = 8; // the footer's length and "PAR1"
    const int MostGroups = 1000; // of a schema: the library follows them by recursion
    const int FreePage = 1 << 20, MostUnpacked = 1 << 10;
    const long MostOfPrefixes = 1 << 30; // bytes that prefixes may add to a page

    static readonly int[] HeaderSizes = [1 << 12, 1 << 20];

    /// <summary>Checks the footer.</summary>
    /// <exception cref="InvalidDataException">It is not as the format has it.</exception>
    public static void Footer(Stream stream)
    {
        if (stream.Length < Trailer) throw new InvalidDataException("it is too short");
        Span<byte> trailer = stackalloc byte[Trailer];
        stream.Position = stream.Length - Trailer;
        stream.ReadExactly(trailer);
        int length = BinaryPrimitives.ReadInt32LittleEndian(trailer);
        if (length < 0 || length > stream.Length - Trailer) throw new InvalidDataException($"a footer of {length} bytes in a file of {stream.Length}");
        byte[] footer = new byte[length];
        stream.Position = stream.Length - Trailer - length;
        stream.ReadExactly(footer);
        int groups = 0;
        new ThriftScan(footer, (name, field, value) =>
        {
            if (name != nameof(SchemaElement) || field != 5) return;
            if (value < 0 || value > length || (value > 0 && ++groups > MostGroups)) throw new InvalidDataException($"its schema has a group of {value} columns, or more than {MostGroups} groups");
        }).Struct(nameof(FileMetaData));
    }

    /// <summary>Checks the pages of a column in a row group.</summary>
    /// <param name="stream">The file.</param>
    /// <param name="column">Where the pages are.</param>
    /// <param name="rows">Rows of the group: pages must hold as many values.</param>
    /// <returns>Where the pages end.</returns>
    /// <exception cref="InvalidDataException">A page is not as the format has it, or as large as no text would make it.</exception>
    public static long Pages(Stream stream, ColumnMetaData column, long rows)
    {
        if (column.NumValues != rows) throw new InvalidDataException($"{column.NumValues} values in {rows} rows");
        long position = new[] { column.DictionaryPageOffset ?? 0, column.DataPageOffset, column.IndexPageOffset ?? 0 }.Where(p => p != 0).DefaultIfEmpty().Min(), values = 0;
        while (values < rows)
        {
            var page = Header(stream, position);
            position = page.End;
            values += page.Values;
            Check(stream, page, column.Codec);
        }

        return values == rows ? position : throw new InvalidDataException($"its pages hold {values} values, not {rows}");
    }

    static Page Header(Stream stream, long position)
    {
        foreach (int size in HeaderSizes)
        {
            if (position < 0 || position >= stream.Length) throw new InvalidDataException($"a page at byte {position} of {stream.Length}");
            byte[] bytes = new byte[Math.Min(size, stream.Length - position)];
            stream.Position = position;
            stream.ReadExactly(bytes);
            var numbers = new Dictionary<(string, int), long>();
            var scan = new ThriftScan(bytes, (name, field, value) => numbers[(name, field)] = value);
            try
            {
                scan.Struct(nameof(PageHeader));
                return new(position + scan.Position, numbers);
            }
            catch (EndOfStreamException) when (size != HeaderSizes[^1] && bytes.Length == size)
            {
                // a long one
            }
        }

        throw new InvalidDataException("the header of a page has no end");
    }

    static void Check(Stream stream, Page page, CompressionCodec codec)
    {
        long packed = page.Packed, most = FreePage + packed * MostUnpacked;
        if (packed < 0 || page.End > stream.Length) throw new InvalidDataException($"a page of {packed} bytes at byte {page.Start} of {stream.Length}");
        if (page.Values < 0 || page.Levels < 0 || page.Levels > packed) throw new InvalidDataException($"a page of {page.Values} values at byte {page.Start}");
        long unpacked = Math.Max(page.Unpacked, page.IsPacked && codec is (CompressionCodec.SNAPPY or CompressionCodec.ZSTD) ? Promised(stream, page, codec) : 0);
        if (page.Unpacked < 0 || unpacked > most) throw new InvalidDataException($"a page of {packed} bytes at byte {page.Start} that would unpack to {unpacked}");
        if (page.Entries < 0 || page.Entries > unpacked / sizeof(int)) throw new InvalidDataException($"a dictionary of {page.Entries} entries in {unpacked} bytes at byte {page.Start}");
        if (page.Encoding == (int)Encoding.DELTA_BYTE_ARRAY && page.Values * unpacked > MostOfPrefixes)
            throw new InvalidDataException($"a page of {page.Values} values with common prefixes (DELTA_BYTE_ARRAY) at byte {page.Start}: write the column in another encoding");
    }

    // what packed data say of their own length, which the library believes rather than the header
    static long Promised(Stream stream, Page page, CompressionCodec codec)
    {
        byte[] data = new byte[codec == CompressionCodec.SNAPPY ? Math.Min(5, page.Packed - page.Levels) : page.Packed - page.Levels];
        stream.Position = page.Start + page.Levels;
        stream.ReadExactly(data);
        if (codec == CompressionCodec.ZSTD) return (long)Math.Min(long.MaxValue, ZstdSharp.Decompressor.GetDecompressedSize(data));
        long length = 0;
        for (int i = 0; i < data.Length; i++)
        {
            length |= (long)(data[i] & 0x7F) << (7 * i);
            if (data[i] < 0x80) break;
        }

        return length;
    }

    // what the library reads of a page's header depends on its type
    readonly record struct Page(long Start, Dictionary<(string, int), long> Numbers)
    {
        public long Unpacked => Of(nameof(PageHeader), 2);

        public long Packed => Of(nameof(PageHeader), 3);

        public long End => Start + Packed;

        public long Values => Type == PageType.DATA_PAGE ? Of(nameof(DataPageHeader), 1) : Type == PageType.DATA_PAGE_V2 ? Of(nameof(DataPageHeaderV2), 1) : 0;

        public long Encoding => Type == PageType.DATA_PAGE_V2 ? Of(nameof(DataPageHeaderV2), 4) : Of(nameof(DataPageHeader), 2);

        public long Entries => Type == PageType.DICTIONARY_PAGE ? Of(nameof(DictionaryPageHeader), 1) : 0;

        /// <summary>Bytes before the packed ones.</summary>
        public long Levels => Type == PageType.DATA_PAGE_V2 ? Of(nameof(DataPageHeaderV2), 5) + Of(nameof(DataPageHeaderV2), 6) : 0;

        public bool IsPacked => Type != PageType.DATA_PAGE_V2 || Of(nameof(DataPageHeaderV2), 7, otherwise: 1) == 1;

        PageType Type => (PageType)Of(nameof(PageHeader), 1);

        long Of(string name, int field, long otherwise = 0) => Numbers.GetValueOrDefault((name, field), otherwise);
    }
}
