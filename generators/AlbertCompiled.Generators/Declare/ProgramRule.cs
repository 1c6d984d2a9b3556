using System.Collections.Immutable;
using AlbertCompiled.Generators.Graph;

namespace AlbertCompiled.Generators.Declare;

/// <summary>Which of a method's outputs a program computes.</summary>
internal enum OutputPart { All, Scalars, Matrices }

/// <summary>What a program attribute compiles: one method of the definition, into one or two programs.</summary>
/// <param name="Attribute">The program attribute, without its ending.</param>
/// <param name="Method">The definition's method, Outputs Method(TokenBatch).</param>
/// <param name="Infers">Name of the forward program, dropout off.</param>
internal sealed record ProgramRule(string Attribute, string Method, string Infers)
{
    /// <summary>The method that is trained.</summary>
    public const string Training = "Pretraining";

    /// <summary>Every rule, in the order of the programs that they lead to.</summary>
    public static readonly ImmutableArray<ProgramRule> All =
    [
        new("Pretraining", Training, "evaluate") { Trains = true },
        new("Pretraining", "Prediction", "predict") { IsOptional = true },
        new("Encoding", "Encoding", "encode") { Call = "Encode" },
        .. TaskRule.All.SelectMany(task => new ProgramRule[]
        {
            new(task.Name, task.Name, "evaluate") { Trains = true, Task = task, Part = OutputPart.Scalars },
            new(task.Name, task.Name, task.Infers) { Call = task.Call, Task = task, Part = OutputPart.Matrices },
        }),
    ];

    /// <summary>The program attributes.</summary>
    public static readonly ImmutableArray<string> Attributes = [.. All.Select(r => r.Attribute).Distinct()];

    /// <summary>True if the method is also compiled with gradients, as the program "train".</summary>
    public bool Trains { get; init; }

    /// <summary>True if a definition may lack the method.</summary>
    public bool IsOptional { get; init; }

    /// <summary>The model's method that runs the forward program and returns its outputs by name, or null.</summary>
    public string? Call { get; init; }

    /// <summary>The task that the program belongs to, or null.</summary>
    public TaskRule? Task { get; init; }

    /// <summary>The outputs that the program computes.</summary>
    public OutputPart Part { get; init; }

    /// <summary>True if it trains a task, which needs labels: what a batch to infer from lacks.</summary>
    public bool LearnsTask => this is { Trains: true, Task: not null };

    /// <summary>Names of its programs.</summary>
    public ImmutableArray<string> Programs => Trains ? ["train", Infers] : [Infers];

    /// <summary>The type of what <see cref="Call"/> returns.</summary>
    public string Result => $"{Method}Result";

    /// <summary>Predictions that a batch of this size takes, one a label: the runtime's Capacity counts every fifth token, above the 15% that masking draws.</summary>
    public int PredictionsOf(int tokens, int sequences) => Task is { Labelled: var (rows, labels) }
        ? labels * (rows == Dim.Tokens ? tokens : sequences)
        : Math.Max(1, tokens / 5);

    /// <summary>Metadata name of a program attribute.</summary>
    public static string MetadataName(string attribute) => $"AlbertCompiled.{attribute}Attribute";
}
