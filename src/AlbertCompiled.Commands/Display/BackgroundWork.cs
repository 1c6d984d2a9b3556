using System.Runtime.ExceptionServices;

namespace AlbertCompiled.Commands;

/// <summary>Work on a thread of its own while this one shows how it goes.</summary>
static class BackgroundWork
{
    static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(200);

    /// <summary>Runs <paramref name="work"/> to its end, whatever becomes of the display: what it works on may be disposed of afterwards.</summary>
    /// <param name="name">Name of the thread.</param>
    /// <param name="work">What is done.</param>
    /// <param name="show">Shows it, calling what it is given between two pictures: a short wait, true if the work has ended. Where output cannot be written, nothing more is shown.</param>
    public static T Follow<T>(string name, Func<T> work, Action<Func<bool>> show)
    {
        T? result = default;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                result = work();
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        })
        { Name = name };
        thread.Start();
        try
        {
            show(() => thread.Join(Refresh));
        }
        catch (IOException)
        {
            // the next line that is written fails as well, if output has not recovered by then
        }
        finally
        {
            thread.Join();
        }

        failure?.Throw();
        return result!;
    }
}
