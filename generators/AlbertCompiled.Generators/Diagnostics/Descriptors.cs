using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace AlbertCompiled.Generators.Diagnostics;

/// <summary>Everything the compiler can object to. docs/diagnostics.md has a section for each.</summary>
internal static class Descriptors
{
    public static readonly DiagnosticDescriptor Shapes = Error(1, "Shapes do not fit", "{0}");
    public static readonly DiagnosticDescriptor Heads = Error(2, "Heads do not divide the hidden size", "{0} does not divide {1}");
    public static readonly DiagnosticDescriptor Unsupported = Error(3, "Not part of the definition language", "'{0}' cannot be traced: {1}");
    public static readonly DiagnosticDescriptor UnknownName = Error(4, "Unknown name or operation", "{0}");
    public static readonly DiagnosticDescriptor LoopBound = Error(5, "Loop cannot be bounded", "{0}");
    public static readonly DiagnosticDescriptor MissingDefinition = Error(6, "Definition is missing", "{0}");
    public static readonly DiagnosticDescriptor ModelClass = Error(7, "Class cannot be a model", "The model '{0}' must be {1}");
    public static readonly DiagnosticDescriptor BudgetMalformed = Error(8, "Memory budget is malformed", "{0}");
    public static readonly DiagnosticDescriptor BudgetExceeded = Error(9, "Memory budget is exceeded", "{0}");
    public static readonly DiagnosticDescriptor Weight = Error(10, "Weight is malformed", "{0}");
    public static readonly DiagnosticDescriptor Probability = Error(11, "Dropout probability is out of range", "A dropout probability lies in [0, 1), not at {0}");
    public static readonly DiagnosticDescriptor Overflow = Error(12, "Size is too large", "{0}");
    public static readonly DiagnosticDescriptor Iteration = Error(13, "Value depends on the iteration", "{0}");
    public static readonly DiagnosticDescriptor Repeat = Error(14, "Repeat is malformed", "{0}");
    public static readonly DiagnosticDescriptor Outputs = Error(15, "Outputs are malformed", "{0}");
    public static readonly DiagnosticDescriptor Thrown = Error(16, "Definition rejects the configuration", "{0}");
    public static readonly DiagnosticDescriptor Evaluation = Error(17, "Definition cannot be evaluated", "{0}");
    public static readonly DiagnosticDescriptor Limit = Error(18, "Definition exceeds a limit of the compiler", "{0}");
    public static readonly DiagnosticDescriptor Internal = Error(19, "Internal error of the compiler", "The compiler failed on '{0}': {1}");

    public static readonly DiagnosticDescriptor NoProgram = Error(20, "Program attribute is missing", "'{0}' says which model it is, but not what to compile of it: add one or more of {1}");
    public static readonly DiagnosticDescriptor Labels = Error(21, "Number of labels is malformed", "{0}");
    public static readonly DiagnosticDescriptor Task = Error(22, "Tasks contradict each other", "{0}");
    public static readonly DiagnosticDescriptor Option = Error(23, "Option is out of range", "{0}");
    public static readonly DiagnosticDescriptor DefinitionClass = Error(24, "Class cannot be a definition", "The definition '{0}' must be {1}");
    public static readonly DiagnosticDescriptor Language = Error(25, "Version of C# is too low", "The project's LangVersion is {0}, and what is compiled of a model is C# {1}: set LangVersion to {1} or later, or leave it to the SDK");
    public static readonly DiagnosticDescriptor Pointers = Error(26, "Pointers are not allowed", "The project's AllowUnsafeBlocks is false, and what is compiled of a model for processors holds pointers: set AllowUnsafeBlocks to true");
    public static readonly DiagnosticDescriptor Signed = Error(27, "Assembly is signed", "The project's SignAssembly is true, and what launches the kernels of a model is an assembly without a strong name, which a signed one cannot let in: set SignAssembly to false");

    /// <summary>All of them by id.</summary>
    public static readonly ImmutableArray<DiagnosticDescriptor> All =
    [
        Shapes, Heads, Unsupported, UnknownName, LoopBound, MissingDefinition, ModelClass, BudgetMalformed, BudgetExceeded, Weight,
        Probability, Overflow, Iteration, Repeat, Outputs, Thrown, Evaluation, Limit, Internal,
        NoProgram, Labels, Task, Option, DefinitionClass, Language, Pointers, Signed,
    ];

    static DiagnosticDescriptor Error(int number, string title, string message) => new(
        $"ALB{number:0000}", title, message, "AlbertCompiled", DiagnosticSeverity.Error, isEnabledByDefault: true);
}
