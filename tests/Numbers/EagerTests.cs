using AlbertCompiled.Tests.Language;

namespace AlbertCompiled.Tests.Numbers;

/// <summary>Compiled models in float32 against the same definitions run op by op in float64: same weights, same dropout.</summary>
public class EagerTests
{
    const int Vocabulary = 37;

    public static TheoryData<Type> Models =>
    [
        typeof(OddNone), typeof(OddCheap), typeof(OddLayer), typeof(SharedAll), typeof(SharedAttention), typeof(SharedFeedForward), typeof(SharedNone),
        typeof(Square), typeof(SquareMapped), typeof(Grouped), typeof(GroupedLayer), typeof(OneLayer), typeof(SmallBert),
    ];

    // of a table's largest gradient, which passes all layers of a model: each rounds it a dozen times to 2⁻²⁴
    const double Gradients = 2e-5;

    [Theory, MemberData(nameof(Models))]
    public void A_training_run_has_the_losses_and_gradients_of_the_definition(Type type) => Run(type, twin =>
    {
        foreach (long step in (long[])[0, 3])
        {
            twin.Model.Step = step;
            twin.CompareTraining(Batches.Random(7, Vocabulary, 3, 5, 12, 1, 8, 11), Gradients);
        }

        // smaller than what came before, in every dimension
        twin.CompareTraining(Batches.Random(8, Vocabulary, 1, 6, 2), Gradients);
    });

    [Theory, MemberData(nameof(Models))]
    public void Evaluation_and_inference_yield_what_the_definition_does(Type type) => Run(type, twin =>
    {
        twin.CompareInference(Batches.Random(7, Vocabulary, 3, 5, 12, 1, 8, 11));
        twin.CompareInference(Batches.Random(8, Vocabulary, 1, 6, 2));
    });

    [Theory, MemberData(nameof(Models))]
    public void A_batch_without_predictions_has_a_loss_and_gradients(Type type) => Run(type, twin =>
    {
        twin.CompareTraining(Batches.Random(9, Vocabulary, 0, 4, 7));
        twin.CompareInference(Batches.Random(9, Vocabulary, 0, 4, 7));
    });

    static void Run(Type type, Action<Twin> check)
    {
        using var device = CompiledModels.Open("cpu");
        using var twin = new Twin(type, device, new Capacity(61, 7, 19));
        check(twin);
    }
}
