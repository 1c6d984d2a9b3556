using System.Collections.Immutable;
using AlbertCompiled.Generators.Graph;

namespace AlbertCompiled.Generators.Passes;

/// <summary>The arena of one program.</summary>
/// <param name="Slots">All slots with their offsets.</param>
/// <param name="Locations">Node → where its value is.</param>
/// <param name="Partials">Column sum → the slot of its partial sums.</param>
/// <param name="Totals">Size of each region, in floats per row.</param>
internal sealed record MemoryPlan(
    ImmutableArray<Slot> Slots, ImmutableDictionary<int, Location> Locations, ImmutableDictionary<int, string> Partials, ImmutableDictionary<Region, long> Totals)
{
    /// <summary>Rows of a band, and what they are rows of; 0 if there are no bands.</summary>
    public (int Rows, Dim Of) Band { get; init; }

    public Slot this[string name] => Slots.First(s => s.Name == name);
}

/// <summary>Live ranges → slots → offsets in one arena.</summary>
internal static class PlanMemory
{
    public static MemoryPlan Run(Schedule schedule)
    {
        var found = new LiveRanges(schedule).Run();
        var placed = found.Slots.GroupBy(s => s.Region).SelectMany(Place).ToImmutableArray();
        var totals = placed.GroupBy(s => s.Region).ToImmutableDictionary(g => g.Key, g => g.Max(s => s.Offset + s.Units));
        return found with
        {
            Slots = [.. placed.OrderBy(s => s.First).ThenBy(s => s.Name, StringComparer.Ordinal)],
            Totals = totals,
            Band = schedule.Bands.IsEmpty ? default : (schedule.BandRows, schedule.Bands[0].Rows),
        };
    }

    /// <summary>Pairs of slots that are alive together and overlap in memory: none, in a good plan.</summary>
    public static IEnumerable<(Slot, Slot)> Overlaps(MemoryPlan plan) =>
        from a in plan.Slots
        from b in plan.Slots
        where string.CompareOrdinal(a.Name, b.Name) < 0 && a.Region == b.Region && Together(a, b)
            && a.Offset < b.Offset + b.Units && b.Offset < a.Offset + a.Units
        select (a, b);

    static bool Together(Slot a, Slot b) => a.First <= b.Last && b.First <= a.Last;

    // largest first, each at the lowest offset that is free while it lives
    static IEnumerable<Slot> Place(IEnumerable<Slot> slots)
    {
        var placed = new List<Slot>();
        foreach (var slot in slots.OrderByDescending(s => s.Units).ThenBy(s => s.First).ThenBy(s => s.Name, StringComparer.Ordinal))
        {
            long offset = 0;
            foreach (var other in placed.Where(o => Together(o, slot)).OrderBy(o => o.Offset))
            {
                if (offset + slot.Units <= other.Offset) break;
                offset = Math.Max(offset, other.Offset + other.Units);
            }

            placed.Add(slot with { Offset = offset });
        }

        return placed;
    }
}
