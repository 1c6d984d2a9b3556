using AlbertCompiled.Tests.Language;
using AlbertCompiled.Tests.Numbers;

namespace AlbertCompiled.Tests.Gpu;

/// <summary>Programs of inference on GPU devices.</summary>
[Collection(GpuCollection.Name)]
public sealed class InferenceTests(GpuDevices devices)
{
    const int Vocabulary = 37;

    static readonly Capacity Capacity = new(61, 7, 0);

    [Theory, OnSimulator, OnEmulator, OnOpenCL, OnCuda]
    public void Outputs_are_those_of_the_definition(string kind)
    {
        foreach (var (type, program, method) in ((Type, string, string)[])[(typeof(OddEncoder), "encode", "Encoding"), (typeof(OddClassifier), "classify", "Classification")])
        {
            using var twin = new Twin(type, devices[kind], Capacity);
            twin.CompareProgram(program, method, Batches.Random(7, Vocabulary, 0, 5, 12, 1, 8, 11), 2e-5);
            twin.CompareProgram(program, method, Batches.Random(8, Vocabulary, 0, 6, 2), 2e-5);
        }
    }

    [Theory, OnOpenCL, OnCuda]
    public void Encoding_allocates_nothing(string kind)
    {
        using var model = OddEncoder.Create(devices[kind], Capacity);
        var batch = Batches.Random(7, Vocabulary, 0, 5, 12, 1);
        float sum = 0;
        for (int i = 0; i < 3; i++) Encode();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Encode();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Encode()
        {
            var encoded = model.Encode(batch);
            sum += encoded.Hidden[17][20] + encoded.Pooled[2][0];
        }
    }
}
