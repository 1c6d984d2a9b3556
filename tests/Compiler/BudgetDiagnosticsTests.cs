using AlbertCompiled.Tests.Infrastructure;

namespace AlbertCompiled.Tests.Compiler;

/// <summary>Memory budgets: what they count, and how they are written.</summary>
public class BudgetDiagnosticsTests
{
    static string Message(string id, string marked) => Assert.Single(Subject.Expect(id, marked)).GetMessage();

    [Fact]
    public void A_budget_of_a_model_that_does_not_train_counts_its_weights_once()
    {
        const string model = "[Albert(Vocabulary = 1000), {0}, [|MemoryBudget(\"{1}\")|]] public sealed partial class Model;";
        string training = Message("ALB0009", model.Replace("{0}", "Pretraining").Replace("{1}", "1 MB")), running = Message("ALB0009", model.Replace("{0}", "Encoding").Replace("{1}", "1 MB"));
        Assert.Contains("choose a stricter Recompute", training);
        Assert.StartsWith("Running Model with 4,096 tokens", running);
        Assert.DoesNotContain("Recompute", running);
        // 7.9 million weights take 32 MB, the arena 101 MB
        Assert.Empty(GeneratorHarness.Run(GeneratorHarness.Compilation(Subject.Unmark(model.Replace("{0}", "Encoding").Replace("{1}", "140 MB")).Text)).Diagnostics);
    }

    [Theory]
    [InlineData("TokenTags(3)", 4096)]
    [InlineData("Classification(3)", 32)]
    [InlineData("SpanAnswer", 64)]
    [InlineData("Pretraining", 819)]
    [InlineData("Pretraining, TokenTags(3, Training = false)", 4096)]
    public void A_budget_counts_the_predictions_that_its_programs_take(string programs, int predictions)
    {
        string model = $"[Albert(Vocabulary = 100), {programs}, [|MemoryBudget(\"1 MB\")|]] public sealed partial class Model;";
        Assert.Contains($"32 sequences, {predictions.ToString("#,0", System.Globalization.CultureInfo.InvariantCulture)} predictions,", Message("ALB0009", model));
        Assert.Contains("sequences, 7 predictions,", Message("ALB0009", model.Replace("MB\"", "MB\", Predictions = 7")));
    }

    [Theory]
    [InlineData("MemoryBudget([|\"much\"|])")]
    [InlineData("MemoryBudget([|\"-1 GB\"|])")]
    [InlineData("MemoryBudget([|\"24\"|])")]
    [InlineData("MemoryBudget([|\"NaN GB\"|])")]
    [InlineData("MemoryBudget([|\"1e300 GB\"|])")]
    [InlineData("MemoryBudget(\"24 GB\", [|Tokens = 0|])")]
    [InlineData("MemoryBudget(\"24 GB\", [|Sequences = -1|])")]
    [InlineData("MemoryBudget(\"24 GB\", [|Predictions = -1|])")]
    [InlineData("MemoryBudget([|\"1,5 GB\"|])")]
    [InlineData("MemoryBudget([|null!|])")]
    [InlineData("MemoryBudget([|null!|], Tokens = 64)")]
    public void Malformed_budgets(string attribute) => Message("ALB0008", $"[Albert, Pretraining, {attribute}] partial class Model;");
}
