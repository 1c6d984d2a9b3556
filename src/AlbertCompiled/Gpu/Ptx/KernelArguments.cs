using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.Runtime;

namespace AlbertCompiled.Gpu.Ptx;

/// <summary>
/// The parameter block of a launch, as ILGPU's code for CUDA reads a kernel's struct: fields in the order of their declaration, each at a multiple of its alignment, a view as
/// address and length.
/// </summary>
/// <typeparam name="TKernel">The kernel's struct.</typeparam>
internal static unsafe class KernelArguments<TKernel> where TKernel : struct
{
    delegate void Writer(in TKernel kernel, byte* block);

    static readonly Writer Write = KernelArguments.WriterOf(typeof(TKernel)).CreateDelegate<Writer>();

    /// <summary>Bytes of the block.</summary>
    public static int Bytes { get; } = KernelArguments.BytesOf(typeof(TKernel));

    /// <summary>Writes a kernel's fields to a block that begins at a multiple of 8. It allocates nothing.</summary>
    public static void Fill(in TKernel kernel, byte* block) => Write(kernel, block);

    /// <summary>A kernel's block.</summary>
    public static byte[] Of(in TKernel kernel)
    {
        byte[] block = new byte[Bytes];
        fixed (byte* start = block) Fill(kernel, start);
        return block;
    }
}

/// <summary>Layouts of parameter blocks.</summary>
internal static unsafe class KernelArguments
{
    static readonly MethodInfo View = typeof(KernelArguments).GetMethod(nameof(WriteView), BindingFlags.NonPublic | BindingFlags.Static)!;

    /// <summary>Bytes of a struct in a block.</summary>
    public static int BytesOf(Type type)
    {
        if (IsView(type)) return 2 * sizeof(long);
        if (Number(type) is { } number) return Marshal.SizeOf(number);
        int end = 0;
        foreach (var field in Fields(type)) end = Aligned(end, field.FieldType) + BytesOf(field.FieldType);
        return Math.Max(1, Aligned(end, type));
    }

    /// <summary>What writes a struct, given by reference, to a block.</summary>
    public static DynamicMethod WriterOf(Type type)
    {
        var method = new DynamicMethod("Write", null, [type.MakeByRefType(), typeof(byte*)], typeof(KernelArguments).Module, skipVisibility: true);
        var il = method.GetILGenerator();
        Emit(il, type, [], 0);
        il.Emit(OpCodes.Ret);
        return method;
    }

    static void Emit(ILGenerator il, Type type, FieldInfo[] path, int offset)
    {
        if (!IsView(type) && Number(type) is null)
        {
            foreach (var field in Fields(type))
            {
                offset = Aligned(offset, field.FieldType);
                Emit(il, field.FieldType, [.. path, field], offset);
                offset += BytesOf(field.FieldType);
            }

            return;
        }

        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Ldc_I4, offset);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Ldarg_0);
        foreach (var field in path) il.Emit(OpCodes.Ldflda, field);
        il.Emit(OpCodes.Ldobj, type);
        if (IsView(type)) il.Emit(OpCodes.Call, View.MakeGenericMethod(type.GenericTypeArguments));
        else il.Emit(OpCodes.Stobj, type);
    }

    static void WriteView<T>(byte* at, ArrayView<T> view) where T : unmanaged
    {
        ((long*)at)[0] = view.IsValid ? view.LoadEffectiveAddressAsPtr() : 0;
        ((long*)at)[1] = view.Length;
    }

    static bool IsView(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ArrayView<>);

    static Type? Number(Type type) => type.IsEnum ? type.GetEnumUnderlyingType()
        : type == typeof(bool) || type == typeof(char) ? throw new NotSupportedException($"a kernel keeps no {type.Name}, whose size on a device is another: take an int")
        : type.IsPrimitive ? type : null;

    static IEnumerable<FieldInfo> Fields(Type type) => type.IsAutoLayout ? throw new NotSupportedException($"a kernel keeps no {type.Name}, whose fields have no order: take a struct of your own") : type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).OrderBy(f => f.MetadataToken);

    static int Alignment(Type type) => IsView(type) ? sizeof(long)
        : Number(type) is { } number ? Marshal.SizeOf(number)
        : Fields(type).Select(f => Alignment(f.FieldType)).DefaultIfEmpty(1).Max();

    static int Aligned(int offset, Type type) => (offset + Alignment(type) - 1) / Alignment(type) * Alignment(type);
}
