namespace AlbertCompiled.Training;

/// <summary>The training batches of a pretraining run.</summary>
/// <param name="corpus">The corpus.</param>
/// <param name="vocabulary">Its vocabulary.</param>
/// <param name="recipe">How to pack and mask, the stages, and the updates of the whole run, which stages are shares of.</param>
/// <param name="capacity">The room of a batch.</param>
/// <param name="seed">Seed of all draws.</param>
/// <param name="windowSentences">Sentences that are planned at a time; what a step trains on depends on it if there are more.</param>
public sealed class PretrainingBatches(
    Corpus corpus, Vocabulary vocabulary, Recipe recipe, Capacity capacity, ulong seed, int windowSentences = DocumentBlocks.WindowSentences) : IBatchSource
{
    readonly BatchFiller filler = new(corpus, vocabulary, recipe.Masking, recipe.LongestSequence);
    EpochPlanner? planner;
    EpochPlan? plan;
    long planStage = -1; // step at which the plan's stage begins
    long planStart;      // step of the plan's first batch
    long planWindow;     // windows before it in its stage, of all passes

    /// <inheritdoc/>
    public void Fill(long step, TokenBatch batch)
    {
        // a stage begins with an update, all batches of which are of its length
        var (stage, start) = SequenceStage.At(recipe.Stages, recipe.Steps, step / recipe.Accumulate);
        start *= recipe.Accumulate;
        if (planner is null || planStage != start)
        {
            planner = new(corpus, corpus.TrainingDocuments, recipe.Packing, stage.Sequence, capacity, seed, windowSentences);
            (planStage, plan) = (start, null);
        }

        if (plan is null || step < planStart)
        {
            (planWindow, planStart) = (0, start);
            plan = Draw();
        }

        // how many batches a window has shows only when it is drawn, so a jump ahead draws those between
        int empty = 0;
        while (step >= planStart + plan.Batches)
        {
            empty = plan.Batches == 0 ? empty + 1 : 0;
            if (empty > planner.Windows) throw new TrainingException("the corpus has no document with two sentences to train on");
            planStart += plan.Batches;
            planWindow++;
            plan = Draw();
        }

        filler.Fill(plan.Batch((int)(step - planStart)), seed, step, batch);
    }

    // stages begin at different steps, which keeps their passes' draws apart
    EpochPlan Draw() => planner!.Draw((planStage << 20) + planWindow / planner.Windows, (int)(planWindow % planner.Windows), keepRest: false);
}
