namespace AlbertCompiled.Training;

/// <summary>What a dataset is, kept as manifest.json in its folder.</summary>
/// <param name="Format">Version of the files.</param>
/// <param name="Key">Checksum of the text and the vocabulary.</param>
/// <param name="Text">What the text is, in words.</param>
/// <param name="VocabularySize">Pieces of the vocabulary.</param>
/// <param name="VocabularyHash">SHA-256 of the vocabulary's file.</param>
/// <param name="Documents">Documents, held out or not.</param>
/// <param name="HeldOutDocuments">Documents kept for evaluation.</param>
/// <param name="Sentences">Sentences of all documents.</param>
/// <param name="Tokens">Tokens of all sentences, without special pieces.</param>
/// <param name="Sources">The files it was made of.</param>
/// <param name="Checksums">CRC-32C of the file of checksums.</param>
/// <param name="Checksum">CRC-32C of this file with a 0 in this place.</param>
public sealed record CorpusManifest(
    string Format, string Key, string Text, int VocabularySize, string VocabularyHash, int Documents, int HeldOutDocuments, int Sentences, long Tokens,
    IReadOnlyList<SourceFile> Sources, uint Checksums, uint Checksum) : ISealed<CorpusManifest>
{
    /// <summary>The version written and read.</summary>
    public const string CurrentFormat = "albert-dataset-1";

    CorpusManifest ISealed<CorpusManifest>.Seal(uint checksum) => this with { Checksum = checksum };
}
