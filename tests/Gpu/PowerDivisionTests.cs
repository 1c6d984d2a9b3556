using AlbertCompiled.Gpu;
using AlbertCompiled.Gpu.Ptx;
using ILGPU;
using Xunit;

namespace AlbertCompiled.Tests.Gpu;

/// <summary>Remainders by powers of two and by another number, of either sign.</summary>
struct RemainderKernel : IGpuKernel
{
    public const int Results = 5;

    public ArrayView<int> Values, Remainders;

    public readonly void Run()
    {
        int value = Values[Group.IdxX], at = Group.IdxX * Results;
        Remainders[at] = value % 2;
        Remainders[at + 1] = value % 8;
        Remainders[at + 2] = value % 1024;
        Remainders[at + 3] = value % 10;
        Remainders[at + 4] = (int)((uint)value % 16);
    }
}

/// <summary>Divisions by powers of two that the text does by shifts.</summary>
[Collection(GpuCollection.Name)]
public sealed class PowerDivisionTests(GpuDevices devices)
{
    [Theory, OnSimulator, OnEmulator, OnOpenCL, OnCuda]
    public void Remainders_are_those_of_the_language(string kind)
    {
        int[] values = [0, 1, 7, 8, 9, 1023, 1024, 65537, int.MaxValue, -1, -7, -8, -9, -1024, -65537, int.MinValue];
        var device = devices[kind];
        using var input = device.Upload(values);
        using var remainders = device.Allocate<int>(values.Length * RemainderKernel.Results);
        new GpuKernel<RemainderKernel>(device).Launch(1, 1, 1, values.Length, new() { Values = input.View, Remainders = remainders.View });
        Assert.Equal(values.SelectMany(v => new[] { v % 2, v % 8, v % 1024, v % 10, (int)((uint)v % 16) }), device.Download(remainders));
    }

    [Theory]
    [InlineData("\trem.u32\t%r3, %r2, 8;", "\tand.b32\t%r3, %r2, 7;")]
    [InlineData("\tdiv.u32\t%r3, %r2, 4;", "\tshr.u32\t%r3, %r2, 2;")]
    [InlineData("\trem.u32\t%r3, %r2, 10;", "\trem.u32\t%r3, %r2, 10;")]
    [InlineData("\trem.s32\t%r3, %r2, 1;", "\trem.s32\t%r3, %r2, 1;")]
    [InlineData("\tdiv.s32\t%r3, %r2, %r1;", "\tdiv.s32\t%r3, %r2, %r1;")]
    public void Other_divisions_stay(string before, string after) => Assert.Equal(after, PowerDivision.Of(before));

    [Fact]
    public void Negative_numbers_are_raised() => Assert.Equal(
        "\t{\n\t.reg .b32 raised;\n\tshr.s32\traised, %r2, 31;\n\tand.b32\traised, raised, 7;\n\tadd.s32\traised, raised, %r2;\n\tshr.s32\t%r3, raised, 3;\n\t}",
        PowerDivision.Of("\tdiv.s32\t%r3, %r2, 8;"));

    [Fact]
    public void A_kernel_divides_by_other_numbers_alone() => Assert.Single(System.Text.RegularExpressions.Regex.Matches(Ptx.Compile(typeof(RemainderKernel), 32), @"\b(div|rem)\."));
}
