using AlbertCompiled.Cpu;

namespace AlbertCompiled.Bench;

/// <summary>Where the time of a training step or of the encoder goes, kernel by kernel.</summary>
internal static class ProfileBenchmark
{
    public static void Run(Options options)
    {
        int steps = options.Number("steps", 5);
        switch (options.Text("what", "train"))
        {
            case "train":
                using (var workload = new Workload(options))
                {
                    if (workload.Device is Gpu.GpuDevice gpu) GpuProfile.Run(workload, gpu, steps);
                    else KernelTimes.Print((CpuDevice)workload.Device, () => workload.Step(), steps, workload.PeakFactor, workload.ToString());
                }

                break;
            case "infer":
                using (var encoder = new EncoderWorkload(options))
                {
                    if (encoder.Device is not CpuDevice cpu) throw new ArgumentException("what=infer needs device=cpu");
                    KernelTimes.Print(cpu, () => encoder.Encode(), steps, encoder.PeakFactor, encoder.ToString());
                }

                break;
            case var other:
                throw new ArgumentException($"what={other} is neither train nor infer");
        }
    }
}
