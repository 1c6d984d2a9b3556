using AlbertCompiled.Gpu.Ptx;

namespace AlbertCompiled.Tests.Gpu;

/// <summary>The text of a kernel does not depend on what was compiled before it, or beside it.</summary>
public sealed class StableTextTests
{
    static string Function(string name, int number, string? body) => $".visible .func (.param .f32 retval_{number}) {name}_{number}(\n\t.param .f32 _x_{number + 1}\n)\n{(body is null ? ";" : $"{{\n\t{body}\n\tst.param.f32 [retval_{number}], %f1;\n}}")}\n";

    const string Head = "//\n.version 8.8\n.target sm_80\n\n", Entry = ".visible .entry Kernel_Run(\n\t.param .b64 _kernel_{0}\n)\n{{\n\tcall Rsqrt_{1};\n\tcall Pair_{2};\n}}\n";

    static string Text(int first, bool turned, params string[] parts) => Head + string.Join("\n", turned ? parts.Reverse() : parts) + "\n" + string.Format(System.Globalization.CultureInfo.InvariantCulture, Entry, first, first + 10, first + 20);

    [Fact]
    public void Functions_have_an_order_and_numbers_of_their_own()
    {
        string[] Parts(int first) => [Function("Rsqrt", first + 10, null), Function("Pair", first + 20, null), Function("Pair", first + 20, "mov.f32 %f1, 1;"), Function("Rsqrt", first + 10, "mov.f32 %f1, 2;")];
        string one = StableText.Of(Text(3, false, Parts(3)));
        Assert.Equal(one, StableText.Of(Text(70, false, [Parts(70)[1], Parts(70)[0], Parts(70)[3], Parts(70)[2]])));
        Assert.Equal(one, StableText.Of(one));
        Assert.Equal(4, one.Split(".visible .func").Length - 1);
        Assert.StartsWith(Head, one, StringComparison.Ordinal);
        Assert.EndsWith("call Pair_1;\n}\n", one, StringComparison.Ordinal);
        Assert.True(one.LastIndexOf(")\n;", StringComparison.Ordinal) < one.IndexOf("mov.f32", StringComparison.Ordinal), "declared before defined");
    }

    [Fact]
    public void Functions_of_one_name_go_by_their_bodies()
    {
        string[] parts = [Function("Pair", 4, "mov.f32 %f1, 1;"), Function("Pair", 9, "mov.f32 %f1, 2;")];
        Assert.Equal(StableText.Of(Text(30, false, parts)), StableText.Of(Text(30, true, parts)));
    }
}
