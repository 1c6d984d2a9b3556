using Xunit.Abstractions;

namespace AlbertCompiled.Gate;

/// <summary>Settings of discovery and execution: one collection at a time, as a device wants it; the framework's defaults otherwise.</summary>
sealed class TestOptions : ITestFrameworkDiscoveryOptions, ITestFrameworkExecutionOptions
{
    readonly Dictionary<string, object?> values = new() { ["xunit.execution.DisableParallelization"] = true };

    public TValue GetValue<TValue>(string name) => values.TryGetValue(name, out object? value) ? (TValue)value! : default!;

    public void SetValue<TValue>(string name, TValue value) => values[name] = value;
}
