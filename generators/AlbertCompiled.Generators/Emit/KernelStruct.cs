using System.Collections.Immutable;
using AlbertCompiled.Generators.Lower;

namespace AlbertCompiled.Generators.Emit;

/// <summary>A kernel's struct as one device prints it.</summary>
/// <param name="Name">The kernel's.</param>
/// <param name="Text">The comment above it and its declaration.</param>
/// <param name="Arguments">What its program constructs it of.</param>
internal sealed record KernelStruct(string Name, string Text, ImmutableArray<string> Arguments)
{
    /// <summary>The struct of a row kernel, or of a product's epilogue.</summary>
    public static KernelStruct Print(Kernel kernel, KernelFields fields, Dialect dialect)
    {
        var w = new CSharpWriter();
        Headings.Print(w, kernel);
        if (kernel is RowKernel rows) new RowKernelPrinter(w, rows, fields, dialect).Print();
        else EpiloguePrinter.Print(w, (ProductKernel)kernel, fields, dialect);
        return new(kernel.Name, w.ToString(), [.. fields.Arguments]);
    }
}
