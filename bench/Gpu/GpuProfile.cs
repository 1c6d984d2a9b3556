using System.Text.RegularExpressions;
using AlbertCompiled.Gpu;
using AlbertCompiled.Gpu.TensorCores;
using ILGPU.Runtime.Cuda;

namespace AlbertCompiled.Bench;

/// <summary>
/// Where the time of a training step goes on a CUDA card, kernel by kernel: the device's clock is read after each launch, launches queued one by one.
/// A step is queued behind a few milliseconds of other work, so that the first kernels are not charged for what the host does before it launches them. A
/// kernel that is shorter than its launch seems as long as that once the host has lost its lead, so the sum exceeds the time of a recorded step.
/// </summary>
internal static partial class GpuProfile
{
    const int LeadFloats = 1 << 26, LeadLaunches = 64;

    const string Others = "rows, sums, tables";

    /// <summary>Parts of a step by the kernels' structs; a generic one stands for all of its kind.</summary>
    static readonly (string Part, Type[] Kernels)[] Parts =
    [
        ("matrix products", [typeof(TensorProductKernel<,>), typeof(SummedTileKernel<,>), typeof(WalkingProductKernel<,>), typeof(TensorSumKernel<>), typeof(ProductKernel<,,,>), typeof(ProductSumKernel<>)]),
        ("attention",
        [
            typeof(AttentionListKernel), typeof(AttentionForwardTensorKernel<>), typeof(AttentionBackwardTensorKernel<,>), typeof(AttentionForwardKernel<,>), typeof(AttentionBackwardKernel<,,>),
        ]),
        ("update", [typeof(GradientNormKernel), typeof(NormTotalKernel), typeof(MomentsKernel), typeof(TrustRatioKernel), typeof(LambStepKernel), typeof(RoundKernel<>)]),
    ];

    static string PartOf(Type kernel) =>
        Parts.FirstOrDefault(p => p.Kernels.Contains(kernel.IsGenericType ? kernel.GetGenericTypeDefinition() : kernel), (Others, [])).Part;

    public static void Run(Workload workload, GpuDevice device, int steps)
    {
        if (device.Kind != "cuda") throw new ArgumentException($"the processor and CUDA cards are profiled, not {device.Kind}");
        for (int step = 0; step < 3; step++) workload.Step();
        var whole = GpuSteps.Measure(workload, steps, warmup: 0);
        var launches = new List<(Type Kernel, IntPtr Passed)>();
        var stream = ((CudaStream)device.Stream).StreamPtr;
        IntPtr Mark()
        {
            var mark = CudaDriver.CreateTimedEvent();
            CudaDriver.Record(mark, stream);
            return mark;
        }

        using var lead = device.Allocate<float>(LeadFloats);
        device.RecordsSteps = false;
        var times = new Dictionary<string, (string Part, int Calls, double Milliseconds)>();
        for (int step = 0; step < steps; step++)
        {
            launches.Clear();
            for (int launch = 0; launch < LeadLaunches; launch++) device.Clear<float>(lead.View);
            var begin = Mark();
            device.Observer = kernel => launches.Add((kernel, Mark()));
            workload.Queue();
            device.Observer = null;
            device.Synchronize();
            var before = begin;
            foreach (var (kernel, passed) in launches)
            {
                string name = NameOf(kernel);
                var sum = times.GetValueOrDefault(name);
                times[name] = (PartOf(kernel), sum.Calls + 1, sum.Milliseconds + CudaDriver.Milliseconds(before, passed));
                CudaDriver.DestroyEvent(before);
                before = passed;
            }

            CudaDriver.DestroyEvent(before);
        }

        double total = times.Values.Sum(t => t.Milliseconds) / steps;
        Console.WriteLine($"{"kernel",-100} {"calls",6} {"ms",9} {"µs each",9} {"share",7}");
        foreach (var (name, (_, calls, milliseconds)) in times.OrderByDescending(t => t.Value.Milliseconds))
            Print(name, (double)calls / steps, milliseconds / steps, total);
        Console.WriteLine();
        foreach (var part in times.ToLookup(t => t.Value.Part))
            Print(part.Key, (double)part.Sum(t => t.Value.Calls) / steps, part.Sum(t => t.Value.Milliseconds) / steps, total);
        Console.WriteLine($"sum_ms={total:F3} step_ms={whole.Step * 1000:F3} launches={times.Values.Sum(t => t.Calls) / steps} {workload}");
    }

    // A name longer than the column is cut.
    static void Print(string name, double calls, double milliseconds, double total) =>
        Console.WriteLine($"{(name.Length > 100 ? name[..100] : name),-100} {calls,6:F0} {milliseconds,9:F3} {milliseconds / calls * 1000,9:F1} {milliseconds / total,7:P1}");

    /// <summary>A kernel's struct with its arguments, without namespaces and the number of arguments.</summary>
    internal static string NameOf(Type type)
    {
        string name = Arity().Replace(type.Name, "");
        Type[] arguments = type.GetGenericArguments(), outer = type.DeclaringType?.GetGenericArguments() ?? [];
        var own = arguments.Skip(outer.Length).Select(NameOf).ToList();
        return own.Count == 0 ? name : $"{name}<{string.Join(", ", own)}>";
    }

    [GeneratedRegex(@"`\d+")]
    private static partial Regex Arity();
}
