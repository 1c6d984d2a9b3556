using AlbertCompiled.Gpu;
using Xunit;

namespace AlbertCompiled.Tests.Gpu;

[Collection(GpuCollection.Name)]
public sealed class UpdateTests(GpuDevices devices)
{
    // a matrix of several segments, a vector, a matrix that never gets a gradient
    static readonly ModelDescription Model = new("Three", [],
        [new("a", 70, 90, false, 0, Initial.Normal(0.5)), new("b", 1, 33, true, 6304, Initial.One), new("c", 3, 5, false, 6344, Initial.Zero)],
        6368, [new("train", new(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), 0, 0, 0, 0, [])], Optimizer.Lamb, Compute.Float32, "");

    [Theory, OnSimulator, OnEmulator, OnOpenCL, OnCuda]
    public void Equals_the_reference(string kind)
    {
        Verify(devices[kind], new(Optimizer.Lamb, 0.01f, ClipNorm: 1));
        Verify(devices[kind], new(Optimizer.AdamW, 0.01f, ClipNorm: 0, BiasCorrection: true));
    }

    static void Verify(GpuDevice device, OptimizerSettings settings)
    {
        float[][] runs = [Run(device, settings), Run(device, settings)];
        Assert.Equal(runs[0], runs[1]);
    }

    static float[] Run(GpuDevice device, OptimizerSettings settings)
    {
        using var set = device.CreateParameters(Model);
        set.Initialize(3);
        var reference = Model.Parameters.Select(p => new Reference(p, set.Read(p.Name))).ToArray();
        for (int step = 1; step <= 3; step++)
        {
            foreach (var r in reference)
            {
                float[] gradient = r.Info.Name == "c" ? new float[r.Info.Length] : Check.Random((int)r.Info.Length, step);
                set.Write(r.Info.Name, gradient, ParameterState.Gradient);
                r.Gradient = gradient;
            }

            double norm = Math.Sqrt(reference.Sum(r => r.Gradient.Sum(g => (double)g * g)));
            foreach (var r in reference) r.Update(settings, step, norm);
            Assert.Equal(norm, set.Update(settings, step), 1e-4);
            foreach (var r in reference)
            {
                Check.Close(r.Value, set.Read(r.Info.Name), 2e-6);
                Check.Close(r.First, set.Read(r.Info.Name, ParameterState.FirstMoment), 2e-6);
                Check.Close(r.Second, set.Read(r.Info.Name, ParameterState.SecondMoment), 2e-6);
            }
        }

        return [.. Model.Parameters.SelectMany(p => set.Read(p.Name))];
    }

    /// <summary>One parameter's update in double precision.</summary>
    sealed class Reference(ParameterInfo info, float[] value)
    {
        public ParameterInfo Info { get; } = info;

        public double[] Value { get; } = [.. value.Select(x => (double)x)];

        public double[] First { get; } = new double[info.Length];

        public double[] Second { get; } = new double[info.Length];

        public float[] Gradient { get; set; } = [];

        public void Update(OptimizerSettings s, int step, double norm)
        {
            double clip = s.ClipNorm > 0 && norm > s.ClipNorm ? s.ClipNorm / norm : 1;
            double beta1 = (double)(decimal)s.Beta1, beta2 = (double)(decimal)s.Beta2;
            double c1 = s.CorrectsBias ? 1 - Math.Pow(beta1, step) : 1, c2 = s.CorrectsBias ? 1 - Math.Pow(beta2, step) : 1;
            var update = new double[Value.Length];
            for (int i = 0; i < update.Length; i++)
            {
                double g = Gradient[i] * clip;
                First[i] = beta1 * First[i] + (1 - beta1) * g;
                Second[i] = beta2 * Second[i] + (1 - beta2) * g * g;
                update[i] = First[i] / c1 / (Math.Sqrt(Second[i] / c2) + s.Epsilon) + (Info.IsVector ? 0 : s.WeightDecay * Value[i]);
            }

            double w = Math.Sqrt(Value.Sum(x => x * x)), u = Math.Sqrt(update.Sum(x => x * x));
            double ratio = s.Optimizer == Optimizer.Lamb && !Info.IsVector && w > 0 && u > 0 ? w / u : 1;
            for (int i = 0; i < update.Length; i++) Value[i] -= s.LearningRate * ratio * update[i];
        }
    }

    [Theory, OnSimulator, OnEmulator, OnOpenCL, OnCuda]
    public void Gradients_whose_norm_is_not_finite_change_nothing(string kind)
    {
        using var set = devices[kind].CreateParameters(Model);
        set.Initialize(3);
        float[][] before = All();
        foreach (var optimizer in Enum.GetValues<Optimizer>())
            foreach (float value in (ReadOnlySpan<float>)[float.NaN, float.NegativeInfinity, 1e30f])
            {
                set.Write(ParameterState.Gradient, 77, [value]);
                Assert.False(float.IsFinite(set.Update(new(optimizer, 0.01f), 1)));
                Assert.Equal(before, All());
            }

        float[][] All() => [.. ((ParameterState[])[ParameterState.Value, ParameterState.FirstMoment, ParameterState.SecondMoment]).SelectMany(s => Model.Parameters.Select(p => set.Read(p.Name, s)))];
    }

    [Theory, OnSimulator, OnOpenCL, OnCuda]
    public void The_rounded_weights_follow_the_weights(string kind)
    {
        using var set = new GpuParameterSet(devices[kind], Model);
        set.Initialize(3);
        var rounded = set.As<BFloat16>();
        foreach (var optimizer in Enum.GetValues<Optimizer>())
        {
            // after a write from outside, then after an update
            set.Write("a", Check.Random(6300, (int)optimizer), ParameterState.Value);
            set.Refresh();
            Assert.Equal(Expected(), Bits());
            foreach (var p in Model.Parameters) set.Write(p.Name, Check.Random((int)p.Length, 5), ParameterState.Gradient);
            set.Update(new(optimizer, 0.01f), 1);
            Assert.Equal(Expected(), Bits());
        }

        // the upper half of the float, ties to even
        ushort[] Expected() => [.. Model.Parameters.SelectMany(p => set.Read(p.Name)).Select(w =>
        {
            uint bits = BitConverter.SingleToUInt32Bits(w), low = bits & 0xFFFF, high = bits >> 16;
            return (ushort)(low > 0x8000 || low == 0x8000 && (high & 1) == 1 ? high + 1 : high);
        })];

        ushort[] Bits()
        {
            var all = new BFloat16[set.Length];
            devices[kind].Read(rounded, all);
            return [.. Model.Parameters.SelectMany(p => System.Runtime.InteropServices.MemoryMarshal.Cast<BFloat16, ushort>(all).Slice((int)p.Offset, (int)p.Length).ToArray())];
        }
    }

    [Fact]
    public void Compiles_to_registers_only()
    {
        foreach (var kernel in new[] { typeof(GradientNormKernel), typeof(NormTotalKernel), typeof(MomentsKernel), typeof(TrustRatioKernel), typeof(LambStepKernel), typeof(RoundKernel<BFloat16>) })
            Ptx.Verify(kernel, 128);
    }
}
