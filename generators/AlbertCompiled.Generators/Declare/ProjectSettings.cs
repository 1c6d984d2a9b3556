using System.Collections.Immutable;
using AlbertCompiled.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AlbertCompiled.Generators.Declare;

/// <summary>What a project must allow, or generated code is full of errors that nobody can cure there.</summary>
internal static class ProjectSettings
{
    const LanguageVersion Least = LanguageVersion.CSharp13;

    /// <summary>What is wrong with the project's settings; the cause stands in no C# file.</summary>
    public static EquatableArray<DiagnosticInfo> Objections(Compilation compilation)
    {
        var objections = ImmutableArray.CreateBuilder<DiagnosticInfo>();
        if (compilation is CSharpCompilation { LanguageVersion: < Least and var version })
            objections.Add(new(Descriptors.Language, Place.Nowhere, version.ToDisplayString(), Least.ToDisplayString()));
        if (compilation.Options is CSharpCompilationOptions { AllowUnsafe: false })
            objections.Add(new(Descriptors.Pointers, Place.Nowhere));
        // an assembly with a strong name names its friends by their public keys
        if (compilation.Assembly.Identity.HasPublicKey)
            objections.Add(new(Descriptors.Signed, Place.Nowhere));
        return objections.ToImmutable();
    }
}
