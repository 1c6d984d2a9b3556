namespace AlbertCompiled.Gpu;

/// <summary>An executor whose device is on paper.</summary>
internal interface IRehearsed
{
    /// <summary>Queues all that its programs may queue and reads all that may be read: what they allocate on the way is allocated then.</summary>
    void Rehearse();
}
