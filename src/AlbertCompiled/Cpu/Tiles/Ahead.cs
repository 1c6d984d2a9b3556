namespace AlbertCompiled.Cpu;

/// <summary>Memory that inner kernels ask for while they compute, tile after tile.</summary>
/// <param name="data">Its first line.</param>
/// <param name="step">Floats from one line to the next.</param>
/// <param name="next">Floats from where one tile begins to ask to where the next one does.</param>
/// <param name="tiles">Tiles until all of it was asked for.</param>
unsafe struct Ahead(float* data, long step, long next, int tiles)
{
    float* data = data;
    int tiles = tiles;

    /// <summary>True while some of it has not been asked for.</summary>
    public readonly bool Any => tiles > 0;

    /// <summary>Where the next tile begins to ask, and the step from one line to the next.</summary>
    public long Next(ref float* first)
    {
        first = data;
        data += next;
        tiles--;
        return step;
    }
}
