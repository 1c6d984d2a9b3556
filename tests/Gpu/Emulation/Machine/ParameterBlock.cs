using System.Reflection;
using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.Runtime;

namespace AlbertCompiled.Tests.Gpu.Emulation;

/// <summary>
/// The parameter block of a launch by reflection, value by value: fields in order, each at a multiple of its size, a view as address and length. The views may be of
/// ILGPU's simulator: its buffers lie in this process's memory, see <see cref="GlobalMemory.Add"/>.
/// </summary>
static class ParameterBlock
{
    /// <summary>The parameter block for a kernel's struct, or for several parameters.</summary>
    public static byte[] Of(params object[] parameters)
    {
        var bytes = new List<byte>();
        foreach (object parameter in parameters) Append(bytes, parameter);
        return [.. bytes];
    }

    static void Append(List<byte> bytes, object value)
    {
        Align(bytes, Alignment(value.GetType()));
        if (value.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(ArrayView<>))
        {
            var (address, length) = ((nint, long))typeof(ParameterBlock).GetMethod(nameof(View), BindingFlags.NonPublic | BindingFlags.Static)!
                .MakeGenericMethod(type.GenericTypeArguments).Invoke(null, [value])!;
            bytes.AddRange(BitConverter.GetBytes((long)address));
            bytes.AddRange(BitConverter.GetBytes(length));
        }
        else if (value.GetType() is { IsPrimitive: true } or { IsEnum: true })
        {
            byte[] raw = new byte[Marshal.SizeOf(value.GetType().IsEnum ? Enum.GetUnderlyingType(value.GetType()) : value.GetType())];
            var handle = GCHandle.Alloc(value.GetType().IsEnum ? Convert.ChangeType(value, Enum.GetUnderlyingType(value.GetType()), null) : value, GCHandleType.Pinned);
            Marshal.Copy(handle.AddrOfPinnedObject(), raw, 0, raw.Length);
            handle.Free();
            bytes.AddRange(raw);
        }
        else
        {
            var fields = Fields(value.GetType());
            if (fields.Length == 0) bytes.Add(0);
            foreach (var field in fields) Append(bytes, field.GetValue(value)!);
            Align(bytes, Alignment(value.GetType()));
        }
    }

    static FieldInfo[] Fields(Type type) => [.. type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).OrderBy(f => f.MetadataToken)];

    static int Alignment(Type type)
    {
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ArrayView<>)) return 8;
        if (type.IsEnum) type = Enum.GetUnderlyingType(type);
        return type.IsPrimitive ? Marshal.SizeOf(type) : Fields(type).Select(f => Alignment(f.FieldType)).DefaultIfEmpty(1).Max();
    }

    static void Align(List<byte> bytes, int alignment)
    {
        while (bytes.Count % alignment != 0) bytes.Add(0);
    }

    static (nint Address, long Length) View<T>(ArrayView<T> view) where T : unmanaged =>
        view.IsValid && view.Length > 0 ? (((IContiguousArrayView)view).Buffer.NativePtr + (nint)(((IContiguousArrayView)view).IndexInBytes), view.Length) : (0, 0);
}
