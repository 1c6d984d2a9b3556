using AlbertCompiled.Gpu;
using Xunit;

namespace AlbertCompiled.Tests.Gpu;

[Collection(GpuCollection.Name)]
public sealed class DeviceTests
{
    [Fact]
    public void Lists_every_kind_with_a_name_or_a_reason()
    {
        var devices = Device.List();
        Assert.Equal(Device.Kinds, devices.Select(d => d.Kind).Where(k => !k.Contains(':')));      // behind cuda, cards if there are several
        Assert.All(devices, d => Assert.True(d.Absent is null ? d.Name.Length > 0 && d.Memory > 0 : d.Absent.Length > 0 && !d.Absent.Contains('\n')));
        Assert.Null(devices.Single(d => d.Kind == "cpu").Absent);
        Assert.Null(devices.Single(d => d.Kind == "ilgpu-cpu").Absent);
    }

    [Fact]
    public void Opens_what_the_list_promises()
    {
        foreach (var info in Device.List())
        {
            if (info.Absent is null)
            {
                using var device = Device.Open(info.Kind, threads: 1);
                Assert.Equal(info.Kind.Split(':')[0], device.Kind);
            }
            else
            {
                Assert.Contains(info.Absent, Assert.Throws<DeviceException>(() => Device.Open(info.Kind)).Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Auto_is_cuda_or_cpu()
    {
        using var device = Device.Open("auto", threads: 2);
        Assert.Equal(Device.List().Single(d => d.Kind == "cuda").Absent is null ? "cuda" : "cpu", device.Kind);
    }

    [Fact]
    public void An_unknown_word_names_the_known_ones()
    {
        string message = Assert.Throws<DeviceException>(() => Device.Open("gpu")).Message;
        Assert.Contains("gpu", message, StringComparison.Ordinal);
        Assert.All(Device.Kinds, kind => Assert.Contains(kind, message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("ALBERT_MEASURE", "no", "1 or 0")]
    [InlineData("ALBERT_WALK", "O", "1 or 0")]
    [InlineData("ALBERT_ATTENTION", "MMA", "wgmma or mma")]
    public void A_switch_with_an_unknown_word_is_an_error(string name, string word, string known)
    {
        GpuSwitches With(string? value) => GpuSwitches.Of(variable => variable == name ? value : null);
        string[] words = known.Split(" or ");
        Assert.Equal(new(true, true, true), With(null));
        Assert.Equal(new(true, true, true), With(words[0]));
        Assert.Equal(new(name != "ALBERT_MEASURE", name != "ALBERT_WALK", name != "ALBERT_ATTENTION"), With(words[1]));
        string message = Assert.Throws<DeviceException>(() => With(word)).Message;
        Assert.Equal($"the environment variable {name} is {word}: it takes {known}", message);
    }

    [Theory, OnSimulator, OnOpenCL, OnCuda]
    public void A_model_may_outlive_its_device(string kind)
    {
        var device = GpuDevice.Open(kind);
        var model = HandWritten.Create(device, new(16, 1, 1));
        var batch = new TokenBatch(model.Capacity);
        batch.Add([1, 2, 3], [0, 0, 0], [], [], 0);
        Assert.True(model.ComputeGradients(batch).Loss > 0);
        device.Dispose();
        model.Dispose();
    }
}
