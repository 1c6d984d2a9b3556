using System.Collections.Immutable;

namespace AlbertCompiled.Generators.Declare;

/// <summary>What a program attribute compiles: one method of the definition, into one or two programs.</summary>
/// <param name="Attribute">The program attribute, without its ending.</param>
/// <param name="Method">The definition's method, Outputs Method(TokenBatch).</param>
/// <param name="Infers">Name of the forward program, dropout off.</param>
internal sealed record ProgramRule(string Attribute, string Method, string Infers)
{
    /// <summary>The method that is trained.</summary>
    public const string Training = "Pretraining";

    /// <summary>The method that tells classes apart.</summary>
    public const string Classification = "Classification";

    /// <summary>The configuration's property that says how many classes there are.</summary>
    public const string Labels = "Labels";

    /// <summary>Every rule, in the order of the programs that they lead to.</summary>
    public static readonly ImmutableArray<ProgramRule> All =
    [
        new("Pretraining", Training, "evaluate") { Trains = true },
        new("Pretraining", "Prediction", "predict") { IsOptional = true },
        new("Encoding", "Encoding", "encode") { Call = "Encode" },
        new("Classification", Classification, "classify") { Call = "Classify" },
    ];

    /// <summary>The program attributes.</summary>
    public static readonly ImmutableArray<string> Attributes = [.. All.Select(r => r.Attribute).Distinct()];

    /// <summary>True if the method is also compiled with gradients, as the program "train".</summary>
    public bool Trains { get; init; }

    /// <summary>True if a definition may lack the method.</summary>
    public bool IsOptional { get; init; }

    /// <summary>The model's method that runs the forward program and returns its outputs by name, or null.</summary>
    public string? Call { get; init; }

    /// <summary>Metadata name of a program attribute.</summary>
    public static string MetadataName(string attribute) => $"AlbertCompiled.{attribute}Attribute";
}
