using System.Reflection;
using AlbertCompiled.Gpu.TensorCores;
using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Backends.OpenCL;
using ILGPU.Backends.PTX;
using ILGPU.IR;
using ILGPU.IR.Intrinsics;
using ILGPU.Runtime.Cuda;

namespace AlbertCompiled.Gpu;

/// <summary>What every context of ILGPU needs to compile our kernels.</summary>
internal static class KernelContext
{
    const BindingFlags Static = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static;

    /// <summary>
    /// Functions that are marked as intrinsic, with what takes their place for CUDA and for OpenCL. What CUDA has from an architecture on is OpenCL's before: optimizers
    /// may round weights in every precision, so cards that cannot round pairs must do without.
    /// </summary>
    static readonly (Type Declared, Type Cuda, Type OpenCL, CudaArchitecture? Since, string[] Names)[] Replacements =
    [
        (typeof(GroupReduce), typeof(GroupReduce.Warps), typeof(GroupReduce.Levels), null, [nameof(GroupReduce.Sum), nameof(GroupReduce.Sums), nameof(GroupReduce.Counts), nameof(GroupReduce.Max)]),
        (typeof(GpuMath), typeof(CudaMath), typeof(GpuMath.Portable), null, [nameof(GpuMath.Exp), nameof(GpuMath.Sigmoid), nameof(GpuMath.Tanh), nameof(GpuMath.Divide), nameof(GpuMath.Rsqrt)]),
        (typeof(BFloat16), typeof(CudaMath), typeof(BFloat16.Portable), CudaArchitecture.SM_80, [nameof(BFloat16.Pair)]),
    ];

    /// <summary>Functions, optimizations, and what devices do each in its own way.</summary>
    public static Context.Builder EnableKernels(this Context.Builder builder)
    {
        builder.EnableAlgorithms().Optimize(OptimizationLevel.O2);
        var manager = builder.GetIntrinsicManager();
        foreach (var (declared, cuda, openCL, since, names) in Replacements)
        {
            foreach (string name in names)
            {
                var method = Find(declared, name);
                bool isWritten = cuda == typeof(CudaMath) && CudaMath.Instructions.ContainsKey(name);
                manager.RegisterMethod(method, isWritten
                    ? new PTXIntrinsic(Find(typeof(CudaMath), nameof(CudaMath.Write)), IntrinsicImplementationMode.GenerateCode, since, null)
                    : new PTXIntrinsic(Find(cuda, name), IntrinsicImplementationMode.Redirect, since, null));
                if (since is not null) manager.RegisterMethod(method, new PTXIntrinsic(Find(openCL, name), IntrinsicImplementationMode.Redirect, null, since));
                manager.RegisterMethod(method, new CLIntrinsic(Find(openCL, name), IntrinsicImplementationMode.Redirect));
            }
        }

        foreach (string name in CudaMath.Instructions.Keys)
            manager.RegisterMethod(Find(typeof(CudaMath), name), new PTXIntrinsic(Find(typeof(CudaMath), nameof(CudaMath.Write)), IntrinsicImplementationMode.GenerateCode));
        manager.RegisterMethod(Find(typeof(CoherentMemory), nameof(CoherentMemory.Pair)), new PTXIntrinsic(Find(typeof(CoherentMemory), nameof(CoherentMemory.Write)), IntrinsicImplementationMode.GenerateCode));
        return builder;
    }

    static MethodInfo Find(Type type, string name) => type.GetMethod(name, Static)!;
}
