namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>A kernel whose body is PTX text, written for a size of head: it replaces <see cref="TextMarker.Line"/> in what ILGPU's compiler gives.</summary>
internal interface IAttentionKernel
{
    /// <summary>The text.</summary>
    static abstract string Body(AttentionHead head);

    /// <summary>Lanes of a group.</summary>
    static abstract int Lanes(AttentionHead head);

    /// <summary>Groups that a multiprocessor shall hold: the compiler gives a lane registers accordingly.</summary>
    static abstract int Resident(AttentionHead head);
}

/// <summary>The line that a kernel leaves where its text belongs: ILGPU wants a constant, and texts are written by a program.</summary>
internal static class TextMarker
{
    /// <summary>A comment.</summary>
    public const string Line = "// the body of the kernel";
}
