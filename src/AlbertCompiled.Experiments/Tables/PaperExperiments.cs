using AlbertCompiled.Training;
using static AlbertCompiled.Experiments.Quantities;

namespace AlbertCompiled.Experiments;

/// <summary>The experiments. Figures and claims of the paper are those of arXiv 1909.11942v6 (Lan et al., ICLR 2020).</summary>
public static class PaperExperiments
{
    const string Average = "the mean of SQuAD 1.1 and 2.0, MNLI, SST-2 and RACE after fine-tuning (Avg), of models trained on 16 GB of text; here masked tokens and sentence order are scored on held-out text";

    static readonly PaperColumn[] SizeAndAverage = [new("paper: parameters, M", "0"), new("paper: Avg", "0.0")];
    static readonly Quantity[] Scores = [Parameters, MlmLoss, MlmAccuracy, Sop];
    static readonly PlotRule[] ScorePlots = [new("MLM loss, held out: lower is better", MlmLoss), new("MLM accuracy, held out", MlmAccuracy), new("Sentence order told, held out", Sop), new("The paper's Avg", null, 1)];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Experiment> All { get; } = [Table1(), Table2(), Table3(), Table4(), Table5(), Table6(), Table8(), Figure1()];

    /// <summary>The experiment of this name.</summary>
    /// <exception cref="TrainingException">There is none; the message lists the names.</exception>
    public static Experiment Find(string name) =>
        All.FirstOrDefault(e => e.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) ?? throw new TrainingException($"no experiment is called {name}; there are {string.Join(", ", All.Select(e => e.Name))} and all");

    static Experiment Table1()
    {
        Quantity[] counts = [Encoder, EncoderAndPooler, AllParameters];
        ExperimentRow[] rows =
        [
            new("BERT base", nameof(Models.BertBase), [108]), new("BERT large", nameof(Models.BertLarge), [334]),
            new("ALBERT base", nameof(Models.AlbertBase), [12]), new("ALBERT large", nameof(Models.AlbertLarge), [18]),
            new("ALBERT xlarge", nameof(Models.AlbertXLarge), [60]), new("ALBERT xxlarge", nameof(Models.AlbertXXLarge), [235]),
        ];
        return new("table1", "Table 1: parameters of BERT and ALBERT", Measurement.Counting, rows, counts, [new("paper: parameters, M", "0")],
            [new("Parameters in millions, embeddings and layers; the paper's beside them", Encoder with { NumberFormat = "#,0,,", Name = "parameters, M" }, 0, 1e6)],
            [.. rows.Select(r => new RoundsClaim(r.Name, (int)r.Paper[0], counts))])
        {
            PaperMeasured = "parameters in round millions, with a vocabulary of 30,000 pieces for all models. Ours are counted from the compiled models with as many pieces; the paper does not say which heads it counts, and its section 3.2 gives 233M for xxlarge",
        };
    }

    static Experiment Table2()
    {
        const string bertBase = "BERT base", bertLarge = "BERT large", base_ = "ALBERT base", large = "ALBERT large";
        var speed = TokensPerSecond;
        return new("table2", "Table 2: throughput of training", Measurement.Speed,
            [
                new(bertBase, nameof(Models.BertBase), [4.7]), new(base_, nameof(Models.AlbertBase), [5.6]),
                new(bertLarge, nameof(Models.BertLarge), [1.0]), new(large, nameof(Models.AlbertLarge), [1.7]),
                new("ALBERT xlarge", nameof(Models.AlbertXLarge), [0.6]), new("ALBERT xxlarge", nameof(Models.AlbertXXLarge), [0.3]),
            ],
            [Parameters, speed, Seconds with { Name = "step, s", NumberFormat = "0.00" }, speed with { Name = "speedup to BERT large", NumberFormat = "0.00", RelativeTo = bertLarge }],
            [new("paper: speedup to BERT large", "0.0")],
            [new("Speedup to BERT large; the paper's beside it", speed with { Name = "speedup", NumberFormat = "0.0", RelativeTo = bertLarge }, 0)],
            [
                ContrastClaim.Better("ALBERT base trains faster than BERT base, 5.6 to 4.7 (Table 2)", speed, base_, bertBase),
                ContrastClaim.Better("ALBERT large trains faster than BERT large, 1.7 to 1 (Table 2)", speed, large, bertLarge),
                ContrastClaim.Better("BERT base trains faster than BERT large, 4.7 to 1 (Table 2)", speed, bertBase, bertLarge),
            ])
        {
            PaperMeasured = "the speed of iterating through the data on 64 to 512 Cloud TPUs v3, which fewer parameters save communication; on one device there is none, only an optimizer that updates fewer weights",
        };
    }

    static Experiment Table3()
    {
        string Row(bool shared, int e) => shared ? $"all-shared, E = {e}" : $"not-shared, E = {e}";
        return new("table3", "Table 3: embedding size and sharing", Measurement.Training,
            [
                new(Row(false, 8), nameof(OwnE8), [87, 81.3]), new(Row(false, 16), nameof(OwnE16), [89, 81.7]), new(Row(false, 32), nameof(OwnE32), [93, 81.8]), new(Row(false, 64), nameof(OwnE64), [108, 82.3]),
                new(Row(true, 8), nameof(SharedE8), [10, 79.0]), new(Row(true, 16), nameof(SharedE16), [12, 80.1]), new(Row(true, 32), nameof(SharedE32), [16, 79.6]), new(Row(true, 64), nameof(SharedE64), [31, 79.8]),
            ],
            Scores, SizeAndAverage, ScorePlots,
            [
                ContrastClaim.Better("without sharing, larger embeddings do better: Avg 82.3 at E = H, 81.3 at the smallest (Table 3)", MlmLoss, Row(false, 64), Row(false, 8)),
                ContrastClaim.Better("with all layers shared, the second size does best: Avg 80.1, 79.8 at E = H (Table 3)", MlmLoss, Row(true, 16), Row(true, 64)),
                ContrastClaim.Better("with all layers shared, the second size does better than the smallest: Avg 80.1 to 79.0 (Table 3)", MlmLoss, Row(true, 16), Row(true, 8)),
                ContrastClaim.Better("sharing costs accuracy at the second size: Avg 80.1 to 81.7 (Table 3)", MlmLoss, Row(false, 16), Row(true, 16)),
            ])
        {
            PaperMeasured = $"{Average}. Its sizes are 64, 128, 256 and 768 with H = 768, ours 8, 16, 32 and 64 with H = 64",
        };
    }

    static Experiment Table4()
    {
        string Row(string mode, int e) => $"{mode}, E = {e}";
        const string all = "all-shared", attention = "shared-attention", ffn = "shared-FFN", none = "not-shared", groups = "2 groups of 2, E = 16";
        return new("table4", "Table 4: what layers share", Measurement.Training,
            [
                new(Row(all, 64), nameof(SharedE64), [31, 79.8]), new(Row(attention, 64), nameof(SharedAttentionE64), [83, 81.6]),
                new(Row(ffn, 64), nameof(SharedFeedForwardE64), [57, 79.5]), new(Row(none, 64), nameof(OwnE64), [108, 82.3]),
                new(Row(all, 16), nameof(SharedE16), [12, 80.1]), new(Row(attention, 16), nameof(SharedAttentionE16), [64, 81.7]),
                new(Row(ffn, 16), nameof(SharedFeedForwardE16), [38, 80.2]), new(Row(none, 16), nameof(OwnE16), [89, 81.6]),
                new(groups, nameof(TwoGroupsE16), []),
            ],
            Scores, SizeAndAverage, ScorePlots,
            [
                ContrastClaim.Better("sharing all hurts at E = H: Avg 79.8 to 82.3 (Table 4)", MlmLoss, Row(none, 64), Row(all, 64)),
                ContrastClaim.Better("sharing all hurts at the smaller E: Avg 80.1 to 81.6 (Table 4)", MlmLoss, Row(none, 16), Row(all, 16)),
                new ContrastClaim("sharing all hurts less at the smaller E: −1.5 on Avg beside −2.5 (Table 4)", MlmLoss, (Row(none, 64), 1), (Row(all, 64), -1), (Row(none, 16), -1), (Row(all, 16), 1)),
                ContrastClaim.Better("at E = H the feed-forward block costs more to share than attention: Avg 79.5 to 81.6 (Table 4)", MlmLoss, Row(attention, 64), Row(ffn, 64)),
                ContrastClaim.Better("at the smaller E the feed-forward block costs more to share than attention: Avg 80.2 to 81.7 (Table 4)", MlmLoss, Row(attention, 16), Row(ffn, 16)),
                ContrastClaim.Better("smaller groups of layers that share do better (section 4.5, without figures)", MlmLoss, groups, Row(all, 16)),
            ])
        {
            PaperMeasured = $"{Average}. E = 768 and 128 with H = 768 there, 64 and 16 with H = 64 here; for groups it gives no figures",
        };
    }

    static Experiment Table5()
    {
        const string none = "None", nsp = "NSP", sop = "SOP";
        return new("table5", "Table 5: sentence prediction, none, NSP or SOP", Measurement.Training,
            [
                new(none, nameof(SharedE16), [54.9, 52.4, 53.3, 79.0], Objective.None), new(nsp, nameof(SharedE16), [54.5, 90.5, 52.0, 79.2], Objective.NextSentence),
                new(sop, nameof(SharedE16), [54.0, 78.9, 86.5, 80.1]),
            ],
            [OwnMlmAccuracy, MlmAccuracy, Nsp, Sop, NspProbe, SopProbe],
            [new("paper: MLM", "0.0"), new("paper: NSP", "0.0"), new("paper: SOP", "0.0"), new("paper: Avg", "0.0")],
            [
                new("MLM; the paper's beside it", OwnMlmAccuracy, 0, 0.01), new("NSP by the trained head; the paper's beside it", Nsp, 1, 0.01), new("SOP by the trained head; the paper's beside it", Sop, 2, 0.01),
                new("NSP by a probe on frozen weights", NspProbe), new("SOP by a probe on frozen weights", SopProbe),
            ],
            [
                new LevelClaim("NSP brings no discriminative power to SOP: 52.0%, a guess (Table 5)", Sop, nsp, 0.5, 0.05),
                ContrastClaim.Better("a model trained on SOP tells order better than one trained on NSP: 86.5% to 52.0% (Table 5)", Sop, sop, nsp),
                ContrastClaim.Better("a model trained on NSP tells the next sentence better than one trained on SOP: 90.5% to 78.9% (Table 5)", Nsp, nsp, sop),
                ContrastClaim.Better("SOP solves NSP to a reasonable degree, by the head that was trained on order: 78.9% to 52.4% without either (Table 5)", Nsp, sop, none),
                ContrastClaim.Better("SOP solves NSP to a reasonable degree, read by a probe: 78.9% to 52.4% without either (Table 5)", NspProbe, sop, none),
                ContrastClaim.Better("SOP holds more about order than NSP, read by a probe: 86.5% to 52.0% (Table 5)", SopProbe, sop, nsp),
                ContrastClaim.Better("without a second task more masked tokens are found: 54.9% to 54.0% (Table 5)", OwnMlmAccuracy, none, sop),
            ])
        {
            PaperMeasured = "accuracies on a development set made of SQuAD and RACE. It does not say how a model is scored on a task that it was not trained on: here its head is asked as it is, and beside it a linear probe on the frozen pooled vectors, learnt from training text. The label of NSP and of SOP is 1 where the second segment does not follow the first",
        };
    }

    static Experiment Table6()
    {
        const string bert = "BERT's way, E = H", small = "ALBERT, same width", wide = "ALBERT, twice as wide";
        return new("table6", "Table 6: equal time", Measurement.Training,
            [
                new(bert, nameof(OwnE64), [400, 34, 87.2]), new(wide, nameof(WideE16), [125, 32, 88.7], TimeOf: bert), new(small, nameof(SharedE16), [], TimeOf: bert),
            ],
            [Parameters, Quantities.Steps, Seconds, MlmLoss, MlmAccuracy, Sop],
            [new("paper: steps, thousands", "0"), new("paper: hours", "0"), new("paper: Avg", "0.0")],
            [new("MLM loss, held out: lower is better", MlmLoss), new("Sentence order told, held out", Sop), new("The paper's Avg", null, 2)],
            [ContrastClaim.Better("in equal time the wide ALBERT, in a third of the steps, does better than BERT: Avg 88.7 to 87.2 (Table 6)", MlmLoss, wide, bert)])
        {
            PaperMeasured = $"{Average}. It is BERT large beside ALBERT xxlarge, which is four times as wide; steps here follow from the time of a step of each, measured in turn",
        };
    }

    static Experiment Table8()
    {
        const string with = "with dropout", without = "without dropout";
        return new("table8", "Table 8: dropout", Measurement.Training,
            [new(with, nameof(DropoutE16), [90.4]), new(without, nameof(SharedE16), [90.7])],
            [MlmLoss, MlmAccuracy, Sop], [new("paper: Avg", "0.0")],
            [new("MLM loss, held out: lower is better", MlmLoss), new("MLM accuracy, held out", MlmAccuracy), new("Sentence order told, held out", Sop), new("The paper's Avg", null, 0)],
            [
                ContrastClaim.Better("removing dropout improves MLM accuracy (Figure 2b)", MlmAccuracy, without, with),
                ContrastClaim.Better("removing dropout improves the model: Avg 90.7 to 90.4 (Table 8)", MlmLoss, without, with),
            ])
        {
            PaperMeasured = $"{Average}, of ALBERT xxlarge after about a million steps. Dropout 0.1 of hidden values and of attention here",
        };
    }

    static Experiment Figure1()
    {
        const string albert = "ALBERT", bert = "BERT's way";
        return new("figure1", "Figure 1: what a layer does to its input", Measurement.Training,
            [new(albert, nameof(DeepSharedE16), []), new(bert, nameof(DeepOwnE64), [])],
            [MeanDistance, MeanDegrees, Roughness, LastDistance, MlmLoss], [], [],
            [
                ContrastClaim.Better("transitions from layer to layer are smoother for ALBERT than for BERT (Figure 1)", Roughness, albert, bert),
                ContrastClaim.Better("ALBERT's distances lie below BERT's (Figure 1)", MeanDistance with { LowerIsBetter = true }, albert, bert),
                ContrastClaim.Better("ALBERT's angles lie below BERT's (Figure 1)", MeanDegrees with { LowerIsBetter = true }, albert, bert),
                new AboveClaim("shared layers do not come to rest: the last one still moves its input (Figure 1)", LastDistance, albert, 0.1),
            ])
        {
            PaperMeasured = "L2 distance and angle of the input and output of each of the 24 layers of BERT large and ALBERT large, drawn without figures. Here 12 layers, each row's mean over seeds and tokens; BERT's way is the same definition without sharing and with E = H",
            DrawsLayers = true,
        };
    }
}
