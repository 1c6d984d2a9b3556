using System.Runtime.InteropServices;

namespace AlbertCompiled.Cpu;

/// <summary>Whole arrays.</summary>
public static unsafe class Arrays
{
    const int Block = 1 << 16;

    /// <summary>Sets <paramref name="length"/> floats to 0.</summary>
    public static void Clear(ThreadTeam team, float* data, long length) =>
        team.Run(new ClearJob(data, length), checked((int)((length + Block - 1) / Block)));

    readonly struct ClearJob(float* data, long length) : IJob
    {
        public JobCost Cost => new(0, length * sizeof(float));

        public override string ToString() => "clearing";

        public void Run(int part)
        {
            long first = (long)part * Block;
            NativeMemory.Clear(data + first, (nuint)(Math.Min(Block, length - first) * sizeof(float)));
        }
    }
}
