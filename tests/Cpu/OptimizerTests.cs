using System.Collections.Immutable;
using System.Text.Json;
using AlbertCompiled.Cpu;
using AlbertCompiled.Cpu.Scalar;

namespace AlbertCompiled.Tests.Cpu;

/// <summary>Updates against the original implementation's numbers and against the scalar rule.</summary>
public sealed unsafe class OptimizerTests
{
    static readonly OptimizerSettings Settings = new(Optimizer.Lamb, 0.01f, ClipNorm: 0, BiasCorrection: false);

    /// <summary>Golden units: a single tensor of four weights, three steps, computed by the original implementation in double precision.</summary>
    [Fact]
    public void Equals_the_original_implementation()
    {
        using var golden = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "golden", "f_optim", "units.json")));
        using var team = new ThreadTeam(2);
        int units = 0;
        foreach (var unit in golden.RootElement.GetProperty("units").EnumerateArray())
        {
            string name = unit.GetProperty("name").GetString()!;
            bool isVector = name.Contains("bias") || name.Contains("LayerNorm");
            var w0 = Numbers(unit.GetProperty("w0"));
            using var set = Create(team, (1, w0.Length, isVector));
            set.Write(ParameterState.Value, 0, w0);
            var settings = Settings with
            {
                Optimizer = unit.GetProperty("kind").GetString() == "lamb" ? Optimizer.Lamb : Optimizer.AdamW,
                LearningRate = unit.GetProperty("lr").GetSingle(),
                WeightDecay = unit.GetProperty("weight_decay").GetSingle(),
            };
            int step = 0;
            foreach (var (gradient, expected) in unit.GetProperty("grads").EnumerateArray().Zip(unit.GetProperty("steps").EnumerateArray()))
            {
                set.Write(ParameterState.Gradient, 0, Numbers(gradient));
                set.Update(settings, ++step);
                Close(Numbers(expected.GetProperty("param")), set.Read("p0"), 1e-6, name);
                Close(Numbers(expected.GetProperty("m")), set.Read("p0", ParameterState.FirstMoment), 1e-6, name);
                Close(Numbers(expected.GetProperty("v")), set.Read("p0", ParameterState.SecondMoment), 1e-6, name);
            }

            units++;
        }

        Assert.Equal(10, units);
    }

    /// <summary>The moments of a word that is not seen again sink until they are 0, never to numbers that processors are slow with.</summary>
    [Theory]
    [InlineData(Optimizer.AdamW)]
    [InlineData(Optimizer.Lamb)]
    public void Moments_of_what_has_no_gradient_end_at_0(Optimizer optimizer)
    {
        using var team = new ThreadTeam(1);
        using var set = Create(team, (3, 37, false));
        set.Write(ParameterState.FirstMoment, 0, [.. Enumerable.Repeat(-2e-30f, 111)]);
        set.Write(ParameterState.SecondMoment, 0, [.. Enumerable.Repeat(1.0005e-30f, 111)]);
        set.Update(Settings with { Optimizer = optimizer }, 1);
        Assert.All(set.Read("p0", ParameterState.FirstMoment), m => Assert.InRange(m, -1.9e-30f, -1.7e-30f));
        for (int i = 0; i < 10; i++) set.Update(Settings with { Optimizer = optimizer }, 2);
        Assert.All(set.Read("p0", ParameterState.FirstMoment), m => Assert.Equal(0, m));
        Assert.All(set.Read("p0", ParameterState.SecondMoment), v => Assert.Equal(0, v));
    }

    [Fact]
    public void Unless_told_AdamW_corrects_the_start_of_its_moments_and_Lamb_does_not()
    {
        Assert.True(new OptimizerSettings(Optimizer.AdamW, 1e-3f).CorrectsBias);
        Assert.False(new OptimizerSettings(Optimizer.Lamb, 1e-3f).CorrectsBias);
        Assert.False(new OptimizerSettings(Optimizer.AdamW, 1e-3f, BiasCorrection: false).CorrectsBias);
    }

    [Theory]
    [InlineData(Optimizer.AdamW, false, 0)]
    [InlineData(Optimizer.AdamW, true, 0.5)]
    [InlineData(Optimizer.Lamb, false, 0.5)]
    [InlineData(Optimizer.Lamb, true, 0)]
    public void Equals_the_scalar_rule(Optimizer optimizer, bool biasCorrection, double clip)
    {
        // Tails, several chunks, adjacent matrices that must keep ratios of their own, and one of zeros.
        (int, int, bool)[] shapes = [(3, 5, false), (1, 37, true), (7, 3001, false), (16, 16, false), (16, 16, false), (1, 1, false), (1, 1, true), (2, 4, false)];
        var settings = Settings with { Optimizer = optimizer, BiasCorrection = biasCorrection, ClipNorm = (float)clip };
        using var team = new ThreadTeam(2);
        using var set = Create(team, shapes);
        var random = new Random(5);
        var states = new List<ScalarUpdate>();
        foreach (var p in set.Description.Parameters)
        {
            bool zero = p.Name == "p7";
            float[] w = [.. Enumerable.Range(0, (int)p.Length).Select(i => zero ? 0 : (float)(random.NextDouble() - 0.5) * (1 + p.Offset % 7))];
            set.Write(p.Name, w);
            states.Add(new([.. w], p.IsVector));
        }

        for (int step = 1; step <= 4; step++)
        {
            var gradients = set.Description.Parameters.Select(p => Enumerable.Range(0, (int)p.Length).Select(i => (double)(float)((random.NextDouble() - 0.5) * 0.1)).ToArray()).ToArray();
            double norm = ScalarUpdate.Norm(gradients.SelectMany(g => g)), scale = clip > 0 ? Math.Min(1, clip / norm) : 1;
            for (int i = 0; i < states.Count; i++)
            {
                set.Write(ParameterState.Gradient, set.Description.Parameters[i].Offset, [.. gradients[i].Select(g => (float)g)]);
                states[i].Update([.. gradients[i].Select(g => g * scale)], settings, step);
            }

            Assert.Equal(norm, set.Update(settings, step), norm * 1e-5);
        }

        for (int i = 0; i < states.Count; i++) Close([.. states[i].Value.Select(v => (float)v)], set.Read($"p{i}"), 2e-6, $"p{i}");
    }

    [Theory]
    [InlineData(Optimizer.AdamW)]
    [InlineData(Optimizer.Lamb)]
    public void Threads_do_not_change_the_bits(Optimizer optimizer)
    {
        var settings = Settings with { Optimizer = optimizer, ClipNorm = 1 };
        var expected = Train<Lanes16>(1, settings);
        Assert.Equal(expected, Train<Lanes16>(1, settings));
        Assert.Equal(expected, Train<Lanes16>(2, settings));
        Assert.Equal(expected, Train<Lanes16>(3, settings));
        // Another width adds its norms up in another order.
        Close(expected, Train<Lanes8>(2, settings), 1e-5, "eight lanes");
        Close(expected, Train<Lanes4>(2, settings), 1e-5, "four lanes");

        static float[] Train<V>(int threads, OptimizerSettings settings) where V : struct, ISimd<V>
        {
            using var team = new ThreadTeam(threads);
            using var set = Create(team, (33, 777, false), (1, 100, true), (50, 50, false));
            set.Initialize(1);
            var random = new Random(2);
            for (int step = 1; step <= 3; step++)
            {
                for (long i = 0; i < set.Length; i++) set.Pointer(ParameterState.Gradient)[i] = (float)(random.NextDouble() - 0.5);
                set.Update<V>(settings, step);
            }

            return [.. set.Read("p0"), .. set.Read("p1"), .. set.Read("p2")];
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_broken_gradient_shows_in_the_norm_and_changes_nothing(float broken)
    {
        using var team = new ThreadTeam(2);
        using var set = Create(team, (33, 777, false), (1, 100, true));
        set.Initialize(1);
        float[][] before = All(set);
        set.Write(ParameterState.Gradient, 20000, [broken]);
        foreach (var optimizer in Enum.GetValues<Optimizer>()) Assert.Equal(broken, set.Update(Settings with { Optimizer = optimizer }, 1));
        Assert.Equal(before, All(set));

        static float[][] All(CpuParameterSet set) =>
            [.. ((ParameterState[])[ParameterState.Value, ParameterState.FirstMoment, ParameterState.SecondMoment]).SelectMany(s => set.Description.Parameters.Select(p => set.Read(p.Name, s)))];
    }

    [Fact]
    public void Clipping_leaves_small_gradients_alone()
    {
        using var team = new ThreadTeam(1);
        using var set = Create(team, (1, 4, false));
        set.Write(ParameterState.Gradient, 0, [0.3f, 0, 0, 0.4f]);
        Assert.Equal(0.5f, set.Update(Settings with { ClipNorm = 0.5f }, 1), 1e-6f);
        Assert.Equal(0.03f, set.Read("p0", ParameterState.FirstMoment)[0], 1e-7f);
        set.Update(Settings with { ClipNorm = 0.25f }, 2);
        Assert.Equal(0.9f * 0.03f + 0.1f * 0.15f, set.Read("p0", ParameterState.FirstMoment)[0], 1e-7f);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Nothing_is_allocated(int threads)
    {
        using var team = new ThreadTeam(threads);
        using var set = Create(team, (33, 777, false), (1, 100, true));
        Assert.Equal(0, Allocations.Of(team, () =>
        {
            set.Update(Settings, 1);
            set.Update(Settings with { Optimizer = Optimizer.AdamW }, 1);
        }));
    }

    [Fact]
    public void Memory_is_aligned_zeroed_and_bounded()
    {
        using var device = new CpuDevice(1);
        var set = (CpuParameterSet)device.CreateParameters(Describe((3, 5, false), (1, 2, true)));
        foreach (var state in Enum.GetValues<ParameterState>())
        {
            Assert.Equal(0, (long)set.Pointer(state) % 64);
            var values = new float[set.Length];
            set.Read(state, 0, values);
            Assert.All(values, v => Assert.Equal(0, v));
            values.AsSpan().Fill((int)state + 1);
            set.Write(state, 0, values);
        }

        foreach (var state in Enum.GetValues<ParameterState>()) Assert.All(set.Read("p0", state), v => Assert.Equal((int)state + 1, v));
        Assert.Throws<ArgumentOutOfRangeException>(() => set.Write(ParameterState.Value, set.Length - 1, [1, 2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => set.Read(ParameterState.Value, -1, new float[1]));
        set.Dispose();
        set.Dispose();
        Assert.Throws<ObjectDisposedException>(() => set.Read("p0"));
        Assert.Equal("cpu", device.Kind);
        Assert.Contains("1 thread", device.Name);
    }

    static CpuParameterSet Create(ThreadTeam team, params (int Rows, int Columns, bool IsVector)[] shapes) => new(Describe(shapes), team);

    /// <summary>Parameters p0, p1, … without gaps between them: the worst case for neighbours.</summary>
    static ModelDescription Describe(params (int Rows, int Columns, bool IsVector)[] shapes)
    {
        var parameters = ImmutableArray.CreateBuilder<ParameterInfo>();
        long offset = 0;
        foreach (var (rows, columns, isVector) in shapes)
        {
            parameters.Add(new($"p{parameters.Count}", rows, columns, isVector, offset, Initial.Normal(0.1)));
            offset += rows * columns;
        }

        return new("test", [], parameters.ToImmutable(), offset, [new("train", new(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), 0, 0, 0, 0, [])], Optimizer.Lamb, Compute.Float32, "");
    }

    static float[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(e => (float)e.GetDouble())];

    /// <summary>Relative to the largest expected value.</summary>
    static void Close(float[] expected, float[] actual, double tolerance, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        double scale = expected.Max(Math.Abs) + 1e-12;
        for (int i = 0; i < expected.Length; i++)
            if (!(Math.Abs(expected[i] - actual[i]) <= tolerance * scale)) Assert.Fail($"{what}[{i}] = {actual[i]:R}, expected {expected[i]:R}");
    }
}
