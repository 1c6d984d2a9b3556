using System.Globalization;
using System.Text;
using AlbertCompiled.Generators.Lower;
using AlbertCompiled.Generators.Passes;

namespace AlbertCompiled.Generators.Emit;

/// <summary>The memory plan as a table for people.</summary>
internal static class PlanTable
{
    public static string Print(LoweredProgram program)
    {
        var text = new StringBuilder();
        text.Append(string.Format(CultureInfo.InvariantCulture, "{0,-34} {1,-24} {2,6} {3,12} {4,12} {5,11}", "slot", "shape", "times", "offset", "bytes", "kernels"));
        foreach (var region in program.Plan.Slots.GroupBy(s => s.Region).OrderBy(g => g.Key))
        {
            text.Append('\n').Append($"per {Unit(region.Key, program.Plan)}:");
            foreach (var s in region.OrderBy(s => s.First).ThenBy(s => s.Offset))
            {
                text.Append('\n').Append(string.Format(CultureInfo.InvariantCulture, "  {0,-32} {1,-24} {2,6} {3,12:#,0} {4,12:#,0} {5,11}",
                    s.Name, s.Shape, s.Entries, s.Offset * 4, s.Units * 4, $"{s.First}-{s.Last}"));
            }

            text.Append('\n').Append(string.Format(CultureInfo.InvariantCulture, "  {0,-78} {1,12:#,0}", "together", program.Plan.Totals[region.Key] * 4));
        }

        return text.ToString();
    }

    static string Unit(Region region, MemoryPlan plan) => region switch
    {
        Region.Token => "token",
        Region.Sequence => "sequence",
        Region.Prediction => "prediction",
        Region.ExactToken => "token, float32 in every precision",
        Region.ExactSequence => "sequence, float32 in every precision",
        Region.ExactPrediction => "prediction, float32 in every precision",
        Region.ExactFixed => "model, float32 in every precision",
        Region.Band => string.Format(CultureInfo.InvariantCulture, "row of a band of {0:#,0} {1}", plan.Band.Rows, plan.Band.Of),
        Region.TokenChunk => $"{Slot.ChunkRows} tokens",
        Region.SequenceChunk => $"{Slot.ChunkRows} sequences",
        Region.PredictionChunk => $"{Slot.ChunkRows} predictions",
        _ => "model",
    };
}
