using AlbertCompiled.Gate;

namespace AlbertCompiled.Tests.Gate;

public class ArgumentsTests
{
    [Fact]
    public void Options_take_a_value_and_the_rest_stays_in_order()
    {
        Assert.True(Arguments.TryParse(["a", "--x", "1,2", "b", "--x", "3"], out var given, "--x", "--y"));
        Assert.Equal(["a", "b"], given.Rest);
        Assert.Equal("3", given.Text("--x"));
        Assert.Equal(["1", "2", "3"], given.Texts("--x"));
        Assert.Null(given.Text("--y"));
        Assert.Empty(given.Texts("--y"));
    }

    [Theory]
    [InlineData("--z", "1")]    // not known
    [InlineData("a", "--x")]    // no value
    public void Anything_else_is_refused(params string[] words) => Assert.False(Arguments.TryParse(words, out _, "--x"));
}
