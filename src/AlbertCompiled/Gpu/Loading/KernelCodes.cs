namespace AlbertCompiled.Gpu;

/// <summary>
/// What the driver's compiler made of kernels' texts, kept under the text: the driver itself remembers what it loads as a text, not what it links. Code that the driver refuses
/// is as good as none, and replaced.
/// </summary>
/// <param name="files">Where it is kept.</param>
internal sealed class KernelCodes(KernelFiles files)
{
    /// <summary>Loads the code of a text: code that is read, or else made and kept.</summary>
    /// <param name="ptx">The text.</param>
    /// <param name="compile">Makes the code.</param>
    /// <param name="load">Loads it; it throws a <see cref="DeviceException"/> if the driver refuses.</param>
    public T Load<T>(string ptx, Func<string, byte[]> compile, Func<byte[], T> load)
    {
        string name = KernelFiles.NameOf(ptx, "cubin");
        if (files.Read(name) is { } known)
        {
            try
            {
                return load(known);
            }
            catch (DeviceException)
            {
                // of another driver of this version: made anew
            }
        }

        byte[] code = compile(ptx);
        files.Write(name, code);
        return load(code);
    }
}
