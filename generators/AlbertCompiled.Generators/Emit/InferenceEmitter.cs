using AlbertCompiled.Generators.Declare;
using AlbertCompiled.Generators.Lower;
using AlbertCompiled.Generators.Passes;

namespace AlbertCompiled.Generators.Emit;

/// <summary>Prints a method for each program that has one, Encode for "encode", and the type of what it returns: a property for each output.</summary>
internal static class InferenceEmitter
{
    public static bool HasCalls(CompiledGraph model) => Calls(model).Any();

    public static void Print(CSharpWriter w, CompiledGraph model) => w.Block($"partial class {Identifier.Of(model.Name)}", () =>
    {
        foreach (var (rule, program) in Calls(model))
        {
            Print(w, rule, program);
            w.Blank();
        }
    });

    static IEnumerable<(ProgramRule Rule, LoweredProgram Program)> Calls(CompiledGraph model) =>
        model.Programs.Where(p => p.Rule.Call is not null).Select(p => (p.Rule, p.Program));

    static void Print(CSharpWriter w, ProgramRule rule, LoweredProgram program)
    {
        string result = rule.Result;
        w.Line($"/// <summary>Runs the {program.Name} program: {string.Join(", ", program.Outputs.Select(o => $"{CSharpWriter.XmlText(o.Name)} {o.Value.Shape}"))}. Allocates nothing; the result is valid until the next run.</summary>");
        w.Line("/// <exception cref=\"BatchException\">The batch exceeds the capacity or holds an index outside its table.</exception>");
        bool readsBatch = rule.Task is { ReadsBatch: true };
        w.Line($"public {result} {rule.Call}(TokenBatch batch) => new(Infer({CSharpWriter.Quote(program.Name)}, batch){(readsBatch ? ", batch" : "")});");
        w.Blank();
        w.Line($"/// <summary>What {rule.Call} computes, in the memory that it computed it in.</summary>");
        w.Block($"public readonly ref struct {result}", () =>
        {
            var taken = new HashSet<string>(Names.OfObject) { result };
            w.Line("readonly InferenceOutputs outputs;");
            if (!readsBatch) w.Blank();
            if (readsBatch)
            {
                w.Line("readonly TokenBatch batch;");
                w.Blank();
                w.Line($"internal {result}(InferenceOutputs outputs, TokenBatch batch) {{ this.outputs = outputs; this.batch = batch; }}");
            }
            else
            {
                w.Line($"internal {result}(InferenceOutputs outputs) => this.outputs = outputs;");
            }

            if (rule.Task is { } task)
            {
                taken.Add(task.View);
                int logits = program.Outputs.Select(o => o.Name).ToList().IndexOf(TaskRule.Logits);
                w.Blank();
                w.Line("/// <summary>The logits, read.</summary>");
                w.Line(FormattableString.Invariant($"public {task.ViewType} {task.View} => new(outputs[{logits}]{(readsBatch ? ", batch" : "")});"));
            }

            for (int i = 0; i < program.Outputs.Length; i++)
            {
                string identifier = Names.Identifier(program.Outputs[i].Name), name = identifier;
                for (int n = 2; !taken.Add(name); n++) name = FormattableString.Invariant($"{identifier}{n}");
                w.Blank();
                w.Line($"/// <summary>{program.Outputs[i].Value.Shape}.</summary>");
                w.Line(FormattableString.Invariant($"public OutputRows {name} => outputs[{i}];"));
            }
        });
    }
}
