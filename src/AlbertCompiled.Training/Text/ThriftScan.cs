namespace AlbertCompiled.Training;

/// <summary>
/// Goes through a Parquet header (Thrift's compact protocol) before the library does, which takes lengths at their word and knows no end of the data.
/// Every field must be of the kind that the format gives it, every length within what is there.
/// </summary>
/// <param name="bytes">The header, and perhaps more.</param>
/// <param name="number">Is told every whole number and truth value (0 or 1): the struct, the field, the value.</param>
ref struct ThriftScan(ReadOnlySpan<byte> bytes, Action<string, int, long> number)
{
    // what a field holds: a number, bytes, a truth value, a single byte, a double, a struct by its name, or in brackets a list of one of these; from parquet.thrift
    static readonly Dictionary<string, Dictionary<int, string>> Structs = Table(
        ("FileMetaData", "1 number 2 [SchemaElement] 3 number 4 [RowGroup] 5 [KeyValue] 6 bytes 7 [ColumnOrder] 8 EncryptionAlgorithm 9 bytes"),
        ("SchemaElement", "1 number 2 number 3 number 4 bytes 5 number 6 number 7 number 8 number 9 number 10 LogicalType"),
        ("LogicalType", "1 Empty 2 Empty 3 Empty 4 Empty 5 DecimalType 6 Empty 7 TimeType 8 TimeType 10 IntType 11 Empty 12 Empty 13 Empty 14 Empty 15 Empty 16 VariantType 17 GeoType 18 GeoType"),
        ("Empty", ""), ("DecimalType", "1 number 2 number"), ("TimeType", "1 truth 2 TimeUnit"), ("TimeUnit", "1 Empty 2 Empty 3 Empty"), ("IntType", "1 byte 2 truth"),
        ("VariantType", "1 byte"), ("GeoType", "1 bytes 2 number"),
        ("RowGroup", "1 [ColumnChunk] 2 number 3 number 4 [SortingColumn] 5 number 6 number 7 number"),
        ("SortingColumn", "1 number 2 truth 3 truth"), ("KeyValue", "1 bytes 2 bytes"), ("ColumnOrder", "1 Empty"),
        ("ColumnChunk", "1 bytes 2 number 3 ColumnMetaData 4 number 5 number 6 number 7 number 8 ColumnCryptoMetaData 9 bytes"),
        ("ColumnMetaData", "1 number 2 [number] 3 [bytes] 4 number 5 number 6 number 7 number 8 [KeyValue] 9 number 10 number 11 number 12 Statistics 13 [PageEncodingStats] 14 number 15 number 16 SizeStatistics 17 GeospatialStatistics"),
        ("Statistics", "1 bytes 2 bytes 3 number 4 number 5 bytes 6 bytes 7 truth 8 truth"), ("PageEncodingStats", "1 number 2 number 3 number"),
        ("SizeStatistics", "1 number 2 [number] 3 [number]"), ("GeospatialStatistics", "1 BoundingBox 2 [number]"),
        ("BoundingBox", "1 double 2 double 3 double 4 double 5 double 6 double 7 double 8 double"),
        ("ColumnCryptoMetaData", "1 Empty 2 EncryptionWithColumnKey"), ("EncryptionWithColumnKey", "1 [bytes] 2 bytes"),
        ("EncryptionAlgorithm", "1 AesGcm 2 AesGcm"), ("AesGcm", "1 bytes 2 bytes 3 truth"),
        ("PageHeader", "1 number 2 number 3 number 4 number 5 DataPageHeader 6 Empty 7 DictionaryPageHeader 8 DataPageHeaderV2"),
        ("DataPageHeader", "1 number 2 number 3 number 4 number 5 Statistics"), ("DictionaryPageHeader", "1 number 2 number 3 truth"),
        ("DataPageHeaderV2", "1 number 2 number 3 number 4 number 5 number 6 number 7 truth 8 Statistics"));

    readonly ReadOnlySpan<byte> bytes = bytes;
    readonly Action<string, int, long> number = number;

    /// <summary>Bytes gone through.</summary>
    public int Position { get; private set; }

    /// <summary>Goes through a struct.</summary>
    /// <exception cref="EndOfStreamException">It does not end in the bytes.</exception>
    /// <exception cref="InvalidDataException">It is not as the format has it.</exception>
    public void Struct(string name)
    {
        var fields = Structs[name];
        for (int field = 0, header; (header = Byte()) != 0;)
        {
            field = header >> 4 == 0 ? (short)Number() : field + (header >> 4);
            if (fields.TryGetValue(field, out string? kind)) Value(name, field, kind, header & 15);
            else Skip(header & 15, depth: 0);
        }
    }

    void Value(string name, int field, string kind, int type)
    {
        if (kind[0] == '[')
        {
            Expect(type == List, name, field);
            string item = kind[1..^1];
            for (var (count, itemType) = ListHeader(); count > 0; count--) Value(name, field, item, itemType);
            return;
        }

        switch (kind)
        {
            case "number":
                Expect(type is Int16 or Int32 or Int64, name, field);
                number(name, field, Number());
                break;
            case "bytes":
                Expect(type == Binary, name, field);
                Take(Length());
                break;
            case "truth":
                Expect(type is True or False, name, field);
                number(name, field, type == True ? 1 : 0);
                break;
            case "byte":
                Expect(type == Int8, name, field);
                Take(1);
                break;
            case "double":
                Expect(type == Double, name, field);
                Take(sizeof(double));
                break;
            default:
                Expect(type == StructType, name, field);
                Struct(kind);
                break;
        }
    }

    // the library loses its place in what is refused here
    void Skip(int type, int depth)
    {
        switch (type)
        {
            case True or False when depth == 0: break;
            case Int8: Take(1); break;
            case Int16 or Int32 or Int64: Number(); break;
            case Double: Take(sizeof(double)); break;
            case Binary: Take(Length()); break;
            case List when depth < DeepestList:
                for (var (count, item) = ListHeader(); count > 0; count--) Skip(item, depth + 1);
                break;
            default: throw new InvalidDataException($"a header holds a field of type {type}, which this reader does not know");
        }
    }

    (int Count, int Type) ListHeader()
    {
        int header = Byte(), count = header >> 4 == 15 ? Length() : header >> 4;
        return count <= bytes.Length - Position ? (count, header & 15) : throw End();
    }

    int Length() => Varint() is var length && length <= (ulong)(bytes.Length - Position) ? (int)length : throw End();

    long Number() => Varint() is var n ? (long)(n >> 1) ^ -(long)(n & 1) : 0;

    ulong Varint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 70; shift += 7)
        {
            int b = Byte();
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80) return value;
        }

        throw new InvalidDataException("a header holds a number of more than ten bytes");
    }

    int Byte() => Position < bytes.Length ? bytes[Position++] : throw End();

    void Take(int count) => Position = count <= bytes.Length - Position ? Position + count : throw End();

    static EndOfStreamException End() => new("it ends too early");

    static void Expect(bool right, string name, int field)
    {
        if (!right) throw new InvalidDataException($"field {field} of a {name} is of another type than the format's");
    }

    static Dictionary<string, Dictionary<int, string>> Table(params (string Name, string Fields)[] rows) => rows.ToDictionary(
        r => r.Name, r => r.Fields.Split(' ', StringSplitOptions.RemoveEmptyEntries).Chunk(2).ToDictionary(f => int.Parse(f[0], System.Globalization.CultureInfo.InvariantCulture), f => f[1]));

    const int DeepestList = 4;
    const int True = 1, False = 2, Int8 = 3, Int16 = 4, Int32 = 5, Int64 = 6, Double = 7, Binary = 8, List = 9, StructType = 12;
}
