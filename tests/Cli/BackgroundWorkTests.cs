using AlbertCompiled.Commands;

namespace AlbertCompiled.Tests;

/// <summary>Work has ended when following it has, whatever becomes of the display.</summary>
public class BackgroundWorkTests
{
    [Fact]
    public void A_display_that_cannot_write_ends_and_the_work_goes_on() =>
        Assert.Equal(7, BackgroundWork.Follow("work", Slow, _ => throw new IOException("full")));

    [Fact]
    public void Another_failure_of_the_display_waits_for_the_work()
    {
        bool ended = false;
        Assert.Throws<InvalidOperationException>(() => BackgroundWork.Follow("work", () => ended = Slow() == 7, _ => throw new InvalidOperationException()));
        Assert.True(ended);
    }

    [Fact]
    public void A_failure_of_the_work_is_told() =>
        Assert.Throws<FormatException>(() => BackgroundWork.Follow<int>("work", () => throw new FormatException(), ended =>
        {
            while (!ended()) { }
        }));

    static int Slow()
    {
        Thread.Sleep(100);
        return 7;
    }
}
