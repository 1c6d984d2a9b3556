using System.Text;
using AlbertCompiled.Gpu;

namespace AlbertCompiled.Tests.Gpu;

/// <summary>The files that keep what the driver's compiler made.</summary>
public sealed class CodeCacheTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("code").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    static byte[] Compile(string text) => Encoding.ASCII.GetBytes($"code of {text}");

    static string Load(byte[] code) => Encoding.ASCII.GetString(code);

    string Of(string text) => new CodeCache(folder).Load(text, Compile, Load);

    [Fact]
    public void Code_is_made_once()
    {
        Assert.Equal("code of a", Of("a"));
        Assert.Equal("code of a", new CodeCache(folder).Load("a", _ => throw new InvalidOperationException("made again"), Load));
    }

    [Fact]
    public void Code_that_the_driver_refuses_is_made_anew_and_replaced()
    {
        new CodeCache(folder).Load("a", _ => "of another driver"u8.ToArray(), Load);
        Assert.Equal("code of a", new CodeCache(folder).Load("a", Compile, code => Load(code) is "code of a" ? Load(code) : throw new DeviceException("refused")));
        Assert.Equal("code of a", new CodeCache(folder).Load("a", _ => throw new InvalidOperationException("made again"), Load));
    }

    [Fact]
    public void What_the_driver_refuses_when_it_is_new_is_told() =>
        Assert.Throws<DeviceException>(() => new CodeCache(folder).Load<string>("a", Compile, _ => throw new DeviceException("refused")));

    [Fact]
    public void What_is_used_stays()
    {
        Of("used");
        string used = Assert.Single(Directory.GetFiles(folder));
        File.SetLastWriteTimeUtc(used, DateTime.UtcNow.AddDays(-30));
        for (int i = 0; i < CodeCache.MostFiles; i++) File.WriteAllBytes(Path.Combine(folder, $"{i}.cubin"), []);
        foreach (string other in Directory.GetFiles(folder).Where(f => f != used)) File.SetLastWriteTimeUtc(other, DateTime.UtcNow.AddDays(-1));
        Of("used");
        new CodeCache(folder).Trim();
        Assert.True(File.Exists(used));
        Assert.Equal(CodeCache.MostFiles, Directory.GetFiles(folder).Length);
    }
}
