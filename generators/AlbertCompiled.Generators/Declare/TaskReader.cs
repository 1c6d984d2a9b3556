using System.Collections.Immutable;
using AlbertCompiled.Generators.Diagnostics;
using Microsoft.CodeAnalysis;

namespace AlbertCompiled.Generators.Declare;

/// <summary>What a task attribute says becomes arguments of the configuration.</summary>
internal static class TaskReader
{
    /// <summary>Adds the settings of the model's task and what is wrong with them.</summary>
    /// <returns>True if the task is trained.</returns>
    public static bool Read(
        INamedTypeSymbol type, AttributeData architecture, string model, ImmutableArray<Argument>.Builder arguments, ImmutableArray<DiagnosticInfo>.Builder diagnostics)
    {
        foreach (string setting in TaskSettings.All.Where(s => arguments.Any(a => a.Name == s) && !Declares(architecture.AttributeClass!, s)))
        {
            var place = new Place(model) { Attribute = DefinitionSource.MetadataName(architecture.AttributeClass!), Argument = setting };
            diagnostics.Add(new(Descriptors.Labels, place, $"{setting} is not a setting of the architecture; write {Instead(setting)}"));
        }

        var tasks = TaskRule.All.Select(rule => (Rule: rule, Data: Declarer.Find(type.GetAttributes(), $"{rule.Name}Attribute"))).Where(t => t.Data is not null).ToList();
        if (tasks.Count == 0) return false;
        var (task, data) = tasks[0];
        bool trains = Named(data!, "Training") is not false;
        Place At(string? argument = null) => new(model) { Attribute = ProgramRule.MetadataName(task.Name), Argument = argument };
        if (tasks.Count > 1)
            diagnostics.Add(new(Descriptors.Task, new Place(model) { Attribute = ProgramRule.MetadataName(tasks[1].Rule.Name) }, $"A model has one task: it cannot be [{task.Name}] and [{tasks[1].Rule.Name}]"));
        if (trains && Declarer.Find(type.GetAttributes(), $"{ProgramRule.Training}Attribute") is not null)
            diagnostics.Add(new(Descriptors.Task, At(), $"[{ProgramRule.Training}] and [{task.Name}] would both be trained, and a model trains one program: write [{task.Name}({(task.Columns is null ? "…, " : "")}Training = false)], or train two models"));

        if (task.Setting == TaskSettings.Spans) arguments.Add(new(TaskSettings.Spans, "true"));
        else if (task.Columns is { } columns) arguments.Add(new(TaskSettings.Labels, ConstantText.Of(columns)));
        else if (data!.ConstructorArguments is [{ Value: int labels }])
        {
            if (labels >= 1) arguments.Add(new(TaskSettings.Labels, ConstantText.Of(labels)));
            else diagnostics.Add(new(Descriptors.Labels, At("labels"), $"A classifier has at least one label, not {labels}"));
        }

        double dropout = Named(data!, "Dropout") is double given ? given : DefaultDropout;
        if (!(dropout is >= 0 and < 1)) diagnostics.Add(new(Descriptors.Probability, At("Dropout"), ConstantText.Of(dropout)));
        else if (trains && task.Setting == TaskSettings.Labels) arguments.Add(new(TaskSettings.Dropout, ConstantText.Of(dropout)));
        return trains;
    }

    // that of the runtime's ClassifierAttribute
    const double DefaultDropout = 0.1;

    static object? Named(AttributeData attribute, string property) => attribute.NamedArguments.FirstOrDefault(a => a.Key == property).Value.Value;

    // an architecture may have a property of that name itself
    static bool Declares(INamedTypeSymbol architecture, string property)
    {
        for (INamedTypeSymbol? type = architecture; type is not null && type.Name != "ArchitectureAttribute"; type = type.BaseType)
        {
            if (!type.GetMembers(property).IsEmpty) return true;
        }

        return false;
    }

    static string Instead(string setting) => setting switch
    {
        TaskSettings.Spans => "[SpanAnswer]",
        TaskSettings.Dropout => "[Classification(labels: …, Dropout = …)]",
        _ => "[Classification(labels: …)]",
    };
}
