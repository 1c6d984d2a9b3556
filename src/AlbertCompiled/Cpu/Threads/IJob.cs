namespace AlbertCompiled.Cpu;

/// <summary>Work of a <see cref="ThreadTeam"/>. Its text names it in profiles.</summary>
public interface IWork
{
    /// <summary>What all its parts together must do at least.</summary>
    JobCost Cost => default;
}

/// <summary>Independent pieces of work: a small struct of pointers that any thread runs for any part. A run sees a copy of its own.</summary>
public interface IJob : IWork
{
    /// <summary>Does part <paramref name="part"/>.</summary>
    void Run(int part);
}

/// <summary>An <see cref="IJob"/> that needs memory of its own.</summary>
public unsafe interface IScratchJob : IWork
{
    /// <summary>Does part <paramref name="part"/>.</summary>
    /// <param name="part">The part.</param>
    /// <param name="scratch">As many floats as the run asked for, 64-byte aligned, with undefined contents.</param>
    void Run(int part, float* scratch);
}
