using System.Diagnostics;
using System.Text.Json;
using Xunit;
using Xunit.Abstractions;

namespace AlbertCompiled.Gate;

/// <summary>Counts tests, and prints each at its end: failures with message and place, skipped ones with the reason.</summary>
sealed class TestReport(TextWriter output) : LongLivedMarshalByRefObject, IMessageSink
{
    readonly ManualResetEventSlim finished = new();
    readonly List<object> results = [];
    readonly HashSet<string> reasons = [];
    readonly long start = Stopwatch.GetTimestamp();

    public int Passed { get; private set; }

    public int Failed { get; private set; }

    public int Skipped { get; private set; }

    public string Summary => $"{Passed} passed, {Failed} failed, {Skipped} skipped in {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s";

    public bool OnMessage(IMessageSinkMessage message)
    {
        lock (results)
        {
            switch (message)
            {
                case ITestPassed m:
                    Passed++;
                    Record(m.Test.DisplayName, "passed", m.ExecutionTime, "");
                    output.WriteLine($"passed  {m.Test.DisplayName} ({m.ExecutionTime:F2} s)");
                    break;
                case ITestFailed m:
                    Fail(m.Test.DisplayName, m, m.ExecutionTime);
                    break;
                case ITestSkipped m:
                    Skipped++;
                    Record(m.Test.DisplayName, "skipped", 0, m.Reason);
                    if (reasons.Add(m.Reason)) output.WriteLine($"skipped {m.Test.DisplayName} and others: {m.Reason}");
                    break;
                case IErrorMessage m:
                    Fail("outside of tests", m, 0);
                    break;
                case ITestClassCleanupFailure m:
                    Fail($"clean-up of {m.TestClass.Class.Name}", m, 0);
                    break;
                case ITestCollectionCleanupFailure m:
                    Fail($"clean-up of {m.TestCollection.DisplayName}", m, 0);
                    break;
                case ITestAssemblyCleanupFailure m:
                    Fail("clean-up", m, 0);
                    break;
                case ITestAssemblyFinished:
                    finished.Set();
                    break;
            }

            output.Flush();
            return true;
        }
    }

    public void Wait() => finished.Wait();

    public string Json() => JsonSerializer.Serialize(new { passed = Passed, failed = Failed, skipped = Skipped, tests = results });

    void Fail(string name, IFailureInformation failure, decimal seconds)
    {
        Failed++;
        string message = string.Join(" / ", failure.Messages), place = failure.StackTraces.FirstOrDefault() ?? "";
        Record(name, "failed", seconds, message);
        output.WriteLine($"FAILED  {name} ({seconds:F2} s)\n  {message.ReplaceLineEndings("\n  ")}\n{place}");
    }

    void Record(string name, string outcome, decimal seconds, string message) => results.Add(new { name, outcome, seconds, message });
}
