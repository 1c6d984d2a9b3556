using AlbertCompiled.Commands;
using AlbertCompiled.Training;

namespace AlbertCompiled.Tests;

/// <summary>Numbers as a person reads them, and how a run is followed.</summary>
public class DisplayTests
{
    static readonly StepReport[] Reports =
    [
        new(1, 4, 3, 1, 0.5f, 0.25f, 0.001f, 1, 64, 100, 100, 1, 1, 0.5),
        new(2, 2, 1.5f, 0.5f, 0.25f, 0.75f, 0.001f, 1, 64, 300, 400, 1.5, 2.5, 0.25),
    ];

    static readonly EvaluationResult HeldOut = new(3.5, 2.25, 1.25, 0.125, 0.625, 16, 100);

    [Theory]
    [InlineData(9, "0:09")]
    [InlineData(309, "5:09")]
    [InlineData(69_847, "19:24:07")]
    [InlineData(100_000, "1 day 03:46")]
    [InlineData(20_000_000, "231 days 11:33")]
    [InlineData(double.PositiveInfinity, "years")]
    public void Time_left_is_told_as_by_a_clock(double seconds, string told) => Assert.Equal(told, TimeLeft.Of(seconds));

    [Theory]
    [InlineData(1, "1 step")]
    [InlineData(0, "0 steps")]
    [InlineData(2600, "2,600 steps")]
    public void One_is_not_several(long number, string told) => Assert.Equal(told, Plural.Of(number, "step"));

    [Fact]
    public void What_a_few_steps_measured_is_averaged()
    {
        var now = After(2).Read();
        Assert.Equal((2, 3.0, 0.375, 0.5), (now.Report.Step, now.Loss, now.MlmAccuracy, now.SopAccuracy));
        Assert.Equal(160, now.TokensPerSecond, 1e-9); // 400 tokens in 2.5 seconds
        Assert.Equal(0.75, After(2).Waited);
        Assert.Equal((4.0, 0.5, 0.25, 100.0, 0.5), (After(1).Read().Loss, After(1).Read().MlmAccuracy, After(1).Read().SopAccuracy, After(1).Read().TokensPerSecond, After(1).Waited));
    }

    [Fact]
    public void Of_many_steps_the_last_ones_count_most()
    {
        var board = new ProgressBoard();
        for (int step = 1; step <= 60; step++) board.OnStep(Reports[0] with { Step = step });
        board.OnStep(Reports[1] with { Step = 61 });
        var now = board.Read();
        Assert.Equal([4 - 0.03 * 2, 0.5 - 0.03 * 0.25, 0.25 + 0.03 * 0.5], [now.Loss, now.MlmAccuracy, now.SopAccuracy], (a, b) => Math.Abs(a - b) < 1e-9);
        Assert.Equal((100 + 0.03 * 200) / (1 + 0.03 * 0.5), now.TokensPerSecond, 1e-9);
        Assert.Equal(30.25, board.Waited, 1e-9);
    }

    [Fact]
    public void A_status_is_written_over_on_a_terminal()
    {
        var output = new StringWriter { NewLine = "\n" };
        var status = new StatusLine(output, isTerminal: true, TimeSpan.FromHours(1));
        status.Clear();
        Assert.Equal("", output.ToString());
        Shown("update 10 of 20");
        Shown("judging");
        status.Clear();
        status.Clear();
        Assert.Equal($"\rupdate 10 of 20\rjudging        \r{new string(' ', 7)}\r", output.ToString());

        void Shown(string line)
        {
            for (int before = output.ToString().Length; output.ToString().Length == before; Thread.Sleep(10)) status.Show(() => line);
        }
    }

    [Fact]
    public void A_status_is_a_line_now_and_then_elsewhere()
    {
        var output = new StringWriter { NewLine = "\n" };
        var status = new StatusLine(output, isTerminal: false, TimeSpan.Zero);
        status.Show(() => "update 10 of 20");
        status.Clear();
        new StatusLine(output, isTerminal: false, TimeSpan.FromHours(1)).Show(() => "update 11 of 20");
        Assert.Equal("update 10 of 20\n", output.ToString());
    }

    [Fact]
    public void An_evaluation_stays_until_the_next()
    {
        var board = After(1);
        Assert.Null(board.Read().Evaluation);
        board.OnEvaluation(1, HeldOut);
        board.OnStep(Reports[1]);
        Assert.Equal((2, HeldOut, 1), (board.Read().Report.Step, board.Read().Evaluation, board.Read().EvaluatedStep));
        board.OnEvaluation(2, HeldOut with { Loss = 1 });
        Assert.Equal((3.0, 1.0, 2), (board.Read().Loss, board.Read().Evaluation!.Loss, board.Read().EvaluatedStep));
    }

    [Theory]
    [InlineData(Objective.SentenceOrder, "  sentence order 50.0%", "  sentence order 62.5%")]
    [InlineData(Objective.None, "", "")]
    public void A_line_says_how_far_a_run_is_and_what_is_left(Objective objective, string training, string heldOut)
    {
        var output = new StringWriter { NewLine = "\n" };
        var board = new ProgressBoard();
        int code = new ProgressDisplay(output, isTerminal: false, steps: 1_010, objective).Follow(board, () =>
        {
            foreach (var report in Reports) board.OnStep(report);
            board.OnEvaluation(2, HeldOut);
            return 5;
        });
        Assert.Equal(5, code);
        Assert.Equal(
            $"step 2 of 1,010  loss 3.000  masked tokens 37.5%{training}  160 tokens/s  31:30 left\nheld-out at step 2: loss 3.500  masked tokens 12.5%{heldOut}\n", // 1,008 steps of 300 tokens
            output.ToString());
    }

    static ProgressBoard After(int steps)
    {
        var board = new ProgressBoard();
        foreach (var report in Reports[..steps]) board.OnStep(report);
        return board;
    }
}
