using AlbertCompiled.Tests.Language;

namespace AlbertCompiled.Tests.Numbers;

/// <summary>Random definitions, compiled, against the same run op by op in float64.</summary>
public class RandomGraphTests(RandomGraphTests.Compiled compiled) : IClassFixture<RandomGraphTests.Compiled>
{
    const int Count = 60;

    static readonly int FirstSeed = int.Parse(Environment.GetEnvironmentVariable("ALBERT_RANDOM_SEED") ?? "1");

    public static TheoryData<int> Seeds => [.. Enumerable.Range(FirstSeed, Count)];

    [Theory, MemberData(nameof(Seeds))]
    public void Values_and_gradients_are_those_of_the_definition(int seed)
    {
        using var twin = new Twin(compiled.Models[seed], compiled.Device, new Capacity(64, 6, 16));
        foreach (var batch in (TokenBatch[])[Batches.Random(3, 23, 3, 5, 9, 1, 7, 12), Batches.Random(4, 23, 0, 3), Batches.Random(5, 23, 2, 8, 9)])
        {
            twin.Model.Step++;
            twin.CompareTraining(batch, 1e-4, 2e-5);
            twin.CompareInference(batch, 1e-4, 2e-5);
        }
    }

    /// <summary>All definitions, compiled in one go.</summary>
    public sealed class Compiled : IDisposable
    {
        public Compiled()
        {
            var assembly = InMemory.Compile([.. Enumerable.Range(FirstSeed, Count).Select(seed => RandomDefinition.Write(seed, $"Random{seed}"))]);
            Models = Enumerable.Range(FirstSeed, Count).ToDictionary(seed => seed, seed => assembly.GetType($"Random{seed}.Model")!);
        }

        internal IReadOnlyDictionary<int, Type> Models { get; }

        internal Device Device { get; } = CompiledModels.Open("cpu");

        public void Dispose() => Device.Dispose();
    }
}
