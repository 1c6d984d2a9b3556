using System.Collections.Immutable;

namespace AlbertCompiled.Generators.Declare;

/// <summary>The members that generated code gives a model, and those of its base that it means by their bare names.</summary>
internal static class ModelMembers
{
    const string Batch = "AlbertCompiled.TokenBatch", Onnx = "AlbertCompiled.Onnx.OnnxGraph", Created = "AlbertCompiled.Device, AlbertCompiled.Capacity, ulong, AlbertCompiled.Compute";

    /// <summary>Members of the base that generated code means.</summary>
    public static readonly ImmutableArray<ModelMember> OfBase =
    [
        Value("Device"), Value("Precision"), Method("Infer", $"string, {Batch}"),
        Method("CheckRange", "AlbertCompiled.Indices, int, string"), Method("CheckFinite", "AlbertCompiled.Numbers, string"), Method("CheckQuestions", Batch),
    ];

    static readonly ImmutableHashSet<string> Known = [.. Of(ProgramRule.All).Concat(OfBase).Select(m => m.Name)];

    /// <summary>True if some model has a member of that name, or means one of its base.</summary>
    public static bool Contains(string name) => Known.Contains(name);

    /// <summary>The members that a model of these programs gets.</summary>
    public static ImmutableArray<ModelMember> Of(IReadOnlyCollection<ProgramRule> rules) =>
    [
        Method(ModelMember.Constructor, Created), Method("Create", $"{Created}?"), Value("Compiled"), Method("get_Compiled"), Type("Offset"),
        Method("CreateExecutor"), Method("Cpu", "AlbertCompiled.Cpu.CpuDevice", 1), Method("Cpu", "AlbertCompiled.Cpu.CpuDevice", 2), Method("Gpu", "AlbertCompiled.Gpu.GpuDevice", 1),
        Method("CheckIndices", Batch),
        .. rules.Where(r => r.LearnsTask).Take(1).SelectMany(_ => new[] { Method("CheckLabels", Batch) }),
        .. rules.SelectMany(r => r.Programs).Select(Identifier.Pascal).SelectMany(program => new[] { Type($"Cpu{program}", 2), Type($"Gpu{program}", 1) }),
        .. rules.SelectMany(r => r.Programs).Skip(1).Take(1).SelectMany(_ => new[] { Type("CpuKernels", 1), Type("GpuKernels", 1) }),
        .. rules.Where(r => r.Call is not null).SelectMany(r => new[] { Method(r.Call!, Batch), Type(r.Result) }),
        .. rules.Where(r => !r.Trains).Take(1).Select(_ => Method("BuildOnnx", $"string, {Onnx}")),
        .. rules.Where(r => !r.Trains).Select(r => Method($"Build{Identifier.Pascal(r.Infers)}", Onnx)),
    ];

    static ModelMember Value(string name) => new(name, ModelMemberKind.Value);

    static ModelMember Method(string name, string parameters = "", int arity = 0) => new(name, ModelMemberKind.Method, arity, parameters);

    static ModelMember Type(string name, int arity = 0) => new(name, ModelMemberKind.Type, arity);
}
