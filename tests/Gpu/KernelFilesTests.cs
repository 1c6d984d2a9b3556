using System.Reflection;
using System.Reflection.Emit;
using System.Text;
using AlbertCompiled.Gpu;
using ILGPU.Runtime;

namespace AlbertCompiled.Tests.Gpu;

/// <summary>The files that keep kernels' texts and what the driver's compiler made of them.</summary>
public sealed class KernelFilesTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("kernels").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    static InvalidOperationException MadeAgain => new("made again");

    static byte[] Compile(string text) => Encoding.ASCII.GetBytes($"code of {text}");

    static string Load(byte[] code) => Encoding.ASCII.GetString(code);

    KernelCodes Codes => new(new(folder));

    KernelTexts Texts(string target = "sm_90") => new(new(folder), target);

    [Fact]
    public void Code_is_made_once()
    {
        Assert.Equal("code of a", Codes.Load("a", Compile, Load));
        Assert.Equal("code of a", Codes.Load("a", _ => throw MadeAgain, Load));
        Assert.Equal("code of b", Codes.Load("b", Compile, Load));
    }

    [Fact]
    public void Code_that_the_driver_refuses_is_made_anew_and_replaced()
    {
        Codes.Load("a", _ => "of another driver"u8.ToArray(), Load);
        Assert.Equal("code of a", Codes.Load("a", Compile, code => Load(code) is "code of a" ? Load(code) : throw new DeviceException("refused")));
        Assert.Equal("code of a", Codes.Load("a", _ => throw MadeAgain, Load));
    }

    [Fact]
    public void What_the_driver_refuses_when_it_is_new_is_told() =>
        Assert.Throws<DeviceException>(() => Codes.Load<string>("a", Compile, _ => throw new DeviceException("refused")));

    [Fact]
    public void A_text_is_made_once_for_all_processes()
    {
        var texts = Texts();
        Assert.Equal("text", texts.Of(typeof(AttentionListKernel), new(128, 2), () => "text"));
        Assert.Equal("text", texts.Of(typeof(AttentionListKernel), new(128, 2), () => throw MadeAgain));
        Assert.Equal("text", Texts().Of(typeof(AttentionListKernel), new(128, 2), () => throw MadeAgain));
    }

    [Fact]
    public void A_text_that_failed_is_made_anew()
    {
        var texts = Texts();
        Assert.Throws<InvalidOperationException>(() => texts.Of(typeof(AttentionListKernel), new(128, 2), () => throw MadeAgain));
        Assert.Equal("text", texts.Of(typeof(AttentionListKernel), new(128, 2), () => "text"));
    }

    [Fact]
    public void Another_kernel_specialization_or_target_has_a_text_of_its_own()
    {
        Texts().Of(typeof(ClearKernel<Float32>), new(128, 2), () => "text");
        Assert.Equal("of bfloat16", Texts().Of(typeof(ClearKernel<AlbertCompiled.Gpu.BFloat16>), new(128, 2), () => "of bfloat16"));
        Assert.Equal("of 256 lanes", Texts().Of(typeof(ClearKernel<Float32>), new(256, 2), () => "of 256 lanes"));
        Assert.Equal("of any lanes", Texts().Of(typeof(ClearKernel<Float32>), KernelSpecialization.Empty, () => "of any lanes"));
        Assert.Equal("of sm_80", Texts("sm_80").Of(typeof(ClearKernel<Float32>), new(128, 2), () => "of sm_80"));
        Assert.Equal("text", Texts().Of(typeof(ClearKernel<Float32>), new(128, 2), () => throw MadeAgain));
    }

    [Fact]
    public void A_text_follows_from_the_modules_of_its_kernel_and_of_what_they_refer_to()
    {
        string[] behind = [.. CodeBehind.Of(typeof(GpuKernel<OwnKernel>))];
        foreach (var type in new[] { typeof(KernelFilesTests), typeof(ClearKernel<>), typeof(KernelSpecialization) })
            Assert.Contains($"{type.Assembly.GetName().Name} {type.Module.ModuleVersionId}", behind);
        Assert.Contains($"{Environment.Version}", behind);
        Assert.DoesNotContain(behind, b => b.StartsWith("System.", StringComparison.Ordinal));
        Assert.DoesNotContain(CodeBehind.Of(typeof(ClearKernel<Float32>)), b => b.StartsWith($"{typeof(KernelFilesTests).Assembly.GetName().Name} ", StringComparison.Ordinal));
    }

    [Fact]
    public void A_file_that_is_not_as_it_was_written_is_as_good_as_none()
    {
        var files = new KernelFiles(folder);
        files.Write("a", "content"u8);
        Assert.Equal("content"u8, files.Read("a")!);
        string path = Path.Combine(folder, "a");
        byte[] written = File.ReadAllBytes(path);
        File.WriteAllBytes(path, written[..^1]);
        Assert.Null(files.Read("a"));
        File.WriteAllBytes(path, [.. written[..^1], (byte)'s']);
        Assert.Null(files.Read("a"));
        File.WriteAllBytes(path, []);
        Assert.Null(files.Read("a"));
        files.Write("a", "content"u8);
        Assert.Equal("content"u8, files.Read("a")!);
    }

    [Fact]
    public void A_file_whose_place_is_taken_leaves_nothing_beside_it()
    {
        Directory.CreateDirectory(Path.Combine(folder, "a", "b"));
        var files = new KernelFiles(folder);
        files.Write("a", "content"u8);
        Assert.Null(files.Read("a"));
        Assert.Empty(Directory.GetFiles(folder));
    }

    [Fact]
    public void Without_a_folder_nothing_is_kept()
    {
        var none = new KernelFiles(null);
        none.Write("a", "content"u8);
        none.Trim();
        Assert.Null(none.Read("a"));
        Assert.Equal("code of a", new KernelCodes(none).Load("a", Compile, Load));
    }

    [Fact]
    public void Folders_that_nobody_used_for_months_go()
    {
        foreach (var (name, days) in (IEnumerable<(string, int)>)[("kernels-sm_80-cuda-12.1", 100), ("kernels-sm_90-cuda-12.1", 10), ("others", 100)])
        {
            string file = Path.Combine(Directory.CreateDirectory(Path.Combine(folder, name)).FullName, "a.ptx");
            File.WriteAllText(file, "text");
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow - TimeSpan.FromDays(days));
        }

        KernelFiles.RemoveUnused(folder);
        Assert.Equal(["kernels-sm_90-cuda-12.1", "others"], Directory.GetDirectories(folder).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal));
        KernelFiles.RemoveUnused(Path.Combine(folder, "none"));
    }

    [Fact]
    public void A_user_s_assembly_may_be_named_like_the_framework_s()
    {
        var own = AssemblyBuilder.DefineDynamicAssembly(new("Microsoft.Team.Models"), AssemblyBuilderAccess.Run);
        var type = own.DefineDynamicModule("Models").DefineType("Kernel").CreateType();
        Assert.Contains($"Microsoft.Team.Models {type.Module.ModuleVersionId}", CodeBehind.Of(type));
        Assert.Equal([$"{Environment.Version}"], CodeBehind.Of(typeof(int)));
    }

    [Fact]
    public void What_is_used_stays()
    {
        Codes.Load("used", Compile, Load);
        string used = Assert.Single(Directory.GetFiles(folder));
        File.SetLastWriteTimeUtc(used, DateTime.UtcNow.AddDays(-30));
        for (int i = 0; i < KernelFiles.MostFiles; i++) File.WriteAllBytes(Path.Combine(folder, $"{i}.cubin"), []);
        foreach (string other in Directory.GetFiles(folder).Where(f => f != used)) File.SetLastWriteTimeUtc(other, DateTime.UtcNow.AddDays(-1));
        Codes.Load("used", Compile, Load);
        new KernelFiles(folder).Trim();
        Assert.True(File.Exists(used));
        Assert.Equal(KernelFiles.MostFiles, Directory.GetFiles(folder).Length);
    }

    internal readonly struct OwnKernel : IGpuKernel
    {
        public void Run() { }
    }
}
