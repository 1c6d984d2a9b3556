using System.Reflection;
using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Backends.OpenCL;
using ILGPU.Backends.PTX;
using ILGPU.IR;
using ILGPU.IR.Intrinsics;

namespace AlbertCompiled.Gpu;

/// <summary>What every context of ILGPU needs to compile our kernels.</summary>
internal static class KernelContext
{
    /// <summary>Functions, optimizations, and what code for CUDA does in another way than other devices.</summary>
    public static Context.Builder EnableKernels(this Context.Builder builder)
    {
        builder.EnableAlgorithms().Optimize(OptimizationLevel.O2);
        foreach (string name in (string[])[nameof(GroupReduce.Sum), nameof(GroupReduce.Max)])
        {
            var manager = builder.GetIntrinsicManager();
            var reduction = typeof(GroupReduce).GetMethod(name)!;
            manager.RegisterMethod(reduction, new PTXIntrinsic(Of(typeof(GroupReduce.Warps), name), IntrinsicImplementationMode.Redirect));
            manager.RegisterMethod(reduction, new CLIntrinsic(Of(typeof(GroupReduce.Levels), name), IntrinsicImplementationMode.Redirect));
        }

        return builder;
    }

    static MethodInfo Of(Type type, string name) => type.GetMethod(name, BindingFlags.Public | BindingFlags.Static)!;
}
