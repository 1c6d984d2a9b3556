using Xunit;
using Xunit.Abstractions;

namespace AlbertCompiled.Gate;

/// <summary>Collects the test cases of a class.</summary>
sealed class TestDiscovery : LongLivedMarshalByRefObject, IMessageSink, IDisposable
{
    readonly ManualResetEventSlim complete = new();

    public List<ITestCase> Cases { get; } = [];

    public bool OnMessage(IMessageSinkMessage message)
    {
        if (message is ITestCaseDiscoveryMessage { TestCase: var found }) Cases.Add(found);
        if (message is IDiscoveryCompleteMessage) complete.Set();
        return true;
    }

    public bool Wait(TimeSpan most) => complete.Wait(most);

    public void Dispose() => complete.Dispose();
}
