using System.Collections.Immutable;

namespace AlbertCompiled.Training;

/// <summary>The training batches of a pretraining run.</summary>
/// <param name="corpus">The corpus.</param>
/// <param name="vocabulary">Its vocabulary.</param>
/// <param name="masking">How to mask.</param>
/// <param name="stages">Longest sequences along the run.</param>
/// <param name="shortShare">Share of documents with a random target length.</param>
/// <param name="capacity">The room of a batch.</param>
/// <param name="steps">Steps of the whole run; stages are shares of them.</param>
/// <param name="seed">Seed of all draws.</param>
public sealed class PretrainingBatches(
    Corpus corpus, Vocabulary vocabulary, MaskingOptions masking, ImmutableArray<SequenceStage> stages, double shortShare, Capacity capacity, long steps, ulong seed) : IBatchSource
{
    readonly BatchFiller filler = new(corpus, vocabulary, masking, stages.Max(s => s.Sequence));
    EpochPlan? plan;
    long planStart;   // step of the plan's first batch
    long planPass;    // passes before it in its stage
    long planStage = -1;

    /// <inheritdoc/>
    public void Fill(long step, TokenBatch batch)
    {
        var (stage, start) = SequenceStage.At(stages, steps, step);
        if (plan is null || planStage != start || step < planStart) (planStage, planPass, planStart, plan) = (start, 0, start, Draw(stage, start, 0));
        // how many batches a pass has shows only when it is drawn, so a jump ahead draws the passes between
        while (step >= planStart + plan.Batches)
        {
            planStart += plan.Batches;
            plan = Draw(stage, start, ++planPass);
        }

        filler.Fill(plan.Batch((int)(step - planStart)), seed, step, batch);
    }

    // stages begin at different steps, which keeps their passes' draws apart
    EpochPlan Draw(SequenceStage stage, long stageStart, long pass)
    {
        var drawn = EpochPlan.Draw(corpus, corpus.TrainingDocuments, stage.Sequence, shortShare, capacity, seed, (stageStart << 20) + pass, keepRest: false);
        return drawn.Batches > 0 ? drawn : throw new TrainingException("the corpus has no document with two sentences to train on");
    }
}
