namespace AlbertCompiled.Training;

/// <summary>A record that carries a checksum of itself.</summary>
interface ISealed<T>
{
    /// <summary>CRC-32C of the file with a 0 in this place.</summary>
    uint Checksum { get; }

    /// <summary>The record with another checksum.</summary>
    T Seal(uint checksum);
}

/// <summary>Small JSON files in which no byte changes unnoticed: they are read back to the byte.</summary>
static class SealedJson
{
    const int MostBytes = 1 << 28;

    public static void Write<T>(string path, T value) where T : ISealed<T> => DurableFiles.Write(path, Bytes(value));

    /// <summary>The file of a record, with the checksum that fits it.</summary>
    public static byte[] Bytes<T>(T value) where T : ISealed<T> => JsonFiles.Bytes(value.Seal(Checksum(value)));

    /// <exception cref="TrainingException">The file is missing or damaged.</exception>
    public static T Read<T>(string path) where T : class, ISealed<T>
    {
        if (new FileInfo(path) is { Exists: true, Length: > MostBytes }) throw new TrainingException($"{path} is corrupted: it is longer than any such file");
        var value = JsonFiles.Read<T>(path);
        return File.ReadAllBytes(path).AsSpan().SequenceEqual(JsonFiles.Bytes(value)) && value.Checksum == Checksum(value) ? value
            : throw new TrainingException($"{path} is corrupted: its checksum does not fit; delete its folder and prepare the dataset again");
    }

    static uint Checksum<T>(T value) where T : ISealed<T> => Crc32C.Of(JsonFiles.Bytes(value.Seal(0)));
}
