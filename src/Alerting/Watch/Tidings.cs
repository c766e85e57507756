using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Alerting.Watch;

/// <summary>Decides what the operators are told: a trouble once, again after a while, and that it is over.</summary>
/// <param name="Fresh">Nobody was told of these.</param>
/// <param name="Reminders">Told, and still there after the interval.</param>
/// <param name="Cleared">Told, and gone.</param>
/// <param name="Forgotten">Gone before anybody was told.</param>
internal sealed record Tidings(
    IReadOnlyList<Trouble> Fresh,
    IReadOnlyList<(Trouble Trouble, KnownTrouble Known)> Reminders,
    IReadOnlyList<KnownTrouble> Cleared,
    IReadOnlyList<KnownTrouble> Forgotten)
{
    public static Tidings Of(IReadOnlyList<Trouble> troubles, IReadOnlyList<KnownTrouble> known, WatchOptions options, DateTimeOffset now)
    {
        var there = troubles.Select(trouble => trouble.Key).ToHashSet();
        var rows = known.ToDictionary(row => row.Key);
        var gone = known.Where(row => !there.Contains(row.Key) && now - row.SeenAt >= options.ClearAfter && IsFree(row)).ToList();
        return new Tidings(
            [.. troubles.Where(trouble => !rows.TryGetValue(trouble.Key, out var row) || (row.ToldAt is null && IsFree(row)))],
            [.. troubles.Where(trouble => !trouble.IsToldOnce && rows.ContainsKey(trouble.Key)).Select(trouble => (trouble, rows[trouble.Key]))
                .Where(pair => now - pair.Item2.ToldAt >= options.RemindEvery && IsFree(pair.Item2))],
            [.. gone.Where(row => row.ToldAt is not null)],
            [.. gone.Where(row => row.ToldAt is null)]);

        bool IsFree(KnownTrouble row) => row.TellingUntil is not { } until || until <= now;
    }
}
