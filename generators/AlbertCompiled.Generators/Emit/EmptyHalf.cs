using AlbertCompiled.Generators.Declare;
using AlbertCompiled.Generators.Diagnostics;
using AlbertCompiled.Generators.Passes;

namespace AlbertCompiled.Generators.Emit;

/// <summary>Prints the generated half of a model that does not compile, without anything in it: its uses are then no errors, beside which the one that counts is hard to see.</summary>
internal static class EmptyHalf
{
    /// <summary>The file; null where the class cannot have a generated half at all.</summary>
    public static (string Hint, string Text)? Of(Declaration model)
    {
        if (model.Programs.Count == 0 || model.Diagnostics.Items.Any(d => d.Descriptor == Descriptors.ModelClass)) return null;
        ProgramRule[] rules = [.. ProgramRule.All.Where(r => model.Programs.Items.Contains(r.Attribute))];
        var members = ModelMembers.Of(rules);
        if (members.Any(m => m.Name == model.Name || model.Members.Items.Any(own => own.ClashesWith(m)))) return null;
        string text = CSharpWriter.File(model.Namespace, "System\nAlbertCompiled", $"{model.Name}: it does not compile, for reasons that the build reports.", w => Print(w, model, rules));
        return ($"{model.Hint}.g.cs", Qualifier.Run(text, model.Hidden));
    }

    static void Print(CSharpWriter w, Declaration model, IReadOnlyList<ProgramRule> rules)
    {
        string name = Identifier.Of(model.Name), fails = $"throw new NotSupportedException({CSharpWriter.Quote($"{model.Name} does not compile: its build says why")})";
        w.Line("/// <summary>Nothing is compiled: whatever is called fails.</summary>");
        w.Block($"{model.Accessibility} sealed partial class {name} : CompiledModel, ICompiledModel<{name}>", () =>
        {
            w.Line($"{name}(Device device, Capacity capacity, ulong seed, Compute precision) : base(Compiled, device, capacity, seed, precision) {{ }}");
            w.Blank();
            w.Line("/// <summary>Fails.</summary>");
            w.Line($"public static ModelDescription Compiled => {fails};");
            w.Blank();
            w.Line("/// <summary>Fails.</summary>");
            w.Line($"public static {name} Create(Device device, Capacity capacity, ulong seed = 42, Compute? precision = null) => {fails};");
            w.Blank();
            w.Line("/// <inheritdoc/>");
            w.Line($"protected override ModelExecutor CreateExecutor() => {fails};");
            w.Blank();
            w.Line("/// <inheritdoc/>");
            w.Line("protected override void CheckIndices(TokenBatch batch) { }");
            foreach (var rule in rules.Where(r => r.Call is not null))
            {
                w.Blank();
                w.Line("/// <summary>Fails.</summary>");
                w.Line($"public {rule.Result} {rule.Call}(TokenBatch batch) => {fails};");
                w.Blank();
                w.Line("/// <summary>Nothing.</summary>");
                w.Block($"public readonly ref struct {rule.Result}", () =>
                {
                    if (rule.Task is not { } task) return;
                    w.Line("/// <summary>Fails.</summary>");
                    w.Line($"public {task.ViewType} {task.View} => {fails};");
                    w.Blank();
                    w.Line("/// <summary>Fails.</summary>");
                    w.Line($"public OutputRows {Names.Identifier(TaskRule.Logits)} => {fails};");
                });
            }
        });
    }
}
