using AlbertCompiled.Tests.Infrastructure;
using Microsoft.CodeAnalysis;

namespace AlbertCompiled.Tests.Compiler;

/// <summary>Settings of our models and options that make no sense: one line each, at the argument.</summary>
public class SettingsDiagnosticsTests
{
    static string Message(string id, string marked) => Assert.Single(Subject.Expect(id, marked)).GetMessage();

    [Theory]
    [InlineData("[|LogitRows(-3)|]", "not -3")]
    [InlineData("[|Recompute((Recompute)9)|]", "no value 9: choose one of None, Cheap, Layer")]
    [InlineData("[|Optimizer((Optimizer)(-1))|]", "no value -1")]
    [InlineData("[|Precision((Compute)2)|]", "no value 2")]
    public void Options_that_do_not_exist(string option, string why) => Assert.Contains(why, Message("ALB0023", $"[Albert, Pretraining, {option}] public sealed partial class Model;"));

    [Theory]
    [InlineData("Layers = 2, [|Groups = 0|]", "Groups is a number from 1 on, not 0")]
    [InlineData("Layers = 2, [|Groups = -1|]", "not -1")]
    [InlineData("Layers = 2, [|Groups = 3|]", "3 groups are more than 2 layers can take turns with")]
    [InlineData("[|InnerLayers = 0|]", "InnerLayers is a number from 1 on, not 0")]
    [InlineData("[|LayerNormEpsilon = -1|]", "not -1")]
    public void Settings_that_a_definition_refuses(string setting, string why) => Assert.Contains(why, Message("ALB0016", Albert(setting)));

    [Theory]
    [InlineData("[|Activation = (Activation)7|]", "Activation has no value 7: choose one of GeluTanh, GeluErf")]
    [InlineData("[|Sharing = (Sharing)(-1)|]", "Sharing has no value -1: choose one of All, Attention, FeedForward, None")]
    public void Values_that_an_enum_does_not_have(string setting, string why) => Assert.Equal(why, Message("ALB0023", Albert(setting)));

    [Theory]
    [InlineData("int hidden", "write Hidden = 8")]
    [InlineData("int width", "name the property of NetAttribute that it is")]
    public void An_architecture_takes_its_settings_by_name(string parameter, string cure) => Assert.Contains(
        $"'8' cannot be traced: an architecture takes its settings by name, not through a constructor: {cure}", Message("ALB0003", Subject.Source(
            properties: $"public NetAttribute() {{ }} public NetAttribute({parameter}) {{ }}", model: "[Net([|8|]), Pretraining] public partial class Model;")));

    // C# says these already: CS7036, CS1729, CS1503
    [Theory]
    [InlineData("[Albert, Classification]")]
    [InlineData("[Albert, TokenTags(Dropout = 0.2)]")]
    [InlineData("[Albert, Classification(\"three\")]")]
    [InlineData("[Net(8), Pretraining]")]
    [InlineData("[Albert, Pretraining, LogitRows]")]
    [InlineData("[Albert, Pretraining, MemoryBudget(24)]")]
    public void What_CSharp_refuses_is_said_once(string attributes)
    {
        var compilation = GeneratorHarness.Compilation(Subject.Source(model: $"{attributes} public partial class Model;"));
        Assert.Single(compilation.GetDiagnostics(), d => d.Severity == DiagnosticSeverity.Error);
        Assert.Empty(GeneratorHarness.Run(compilation).Diagnostics);
    }

    [Fact]
    public void Amplitudes_are_not_negative() => Assert.Contains("not -3", Message("ALB0010", Albert("[|SinusoidalPositions = -3|]")));

    static string Albert(string setting) => $"[Albert({setting}), Pretraining] public sealed partial class Model;";
}
