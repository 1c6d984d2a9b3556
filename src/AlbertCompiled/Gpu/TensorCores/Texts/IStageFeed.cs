namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>
/// Text that fills the stages of a loop whose warps meet at a barrier once a tile: behind it a stage is free that all of them have read. It counts on <c>togo</c> tiles that are not
/// multiplied yet and on <c>ahead</c> that are not ordered yet; <c>rd</c> is the offset of the stage that is read.
/// </summary>
internal interface IStageFeed
{
    /// <summary>Prepares registers.</summary>
    void Begin();

    /// <summary>Orders the first tiles.</summary>
    void Fill();

    /// <summary>Waits for the first tile, with all warps.</summary>
    void AwaitFirst();

    /// <summary>Orders the next tile, if there is one, into the stage that is free.</summary>
    void OrderNext();

    /// <summary>Waits for the tile behind the one that is read, with all warps; <c>rd</c> is its stage's already.</summary>
    void AwaitNext();

    /// <summary>Waits for what nobody reads.</summary>
    void End();
}
