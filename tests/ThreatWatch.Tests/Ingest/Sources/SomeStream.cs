using Microsoft.Extensions.Time.Testing;
using ThreatWatch.Ingest.Fetching;
using ThreatWatch.Ingest.Sources;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Tests.Ingest.Sources;

/// <summary>The vocabulary of the tests of protocols: a source on this machine, a clock that stands, and what a stream said.</summary>
internal static class SomeStream
{
    public static DateTimeOffset Now { get; } = new(2026, 11, 2, 8, 0, 0, TimeSpan.Zero);

    public static FakeTimeProvider Clock() => new(Now);

    public static Settings Settings() =>
        new(SettingsSnapshot.Of("/etc/threatwatch.json", TemporaryIntake.Sections, SomeSource.District, new FetchingOptions { PerHostPerMinute = 6000, PerHostBurst = 100 }), TemporaryIntake.Sections);

    public static OpenLines Lines(TimeProvider time) => new(Settings(), time);

    public static Fetcher Fetcher(TimeProvider time) => new(Settings(), time);

    public static SourceOptions Of(SourceType type, Uri url) => SomeSource.Open with { Id = "here", Type = type, Url = url, AllowPrivateAddress = true };

    /// <summary>Reads until the stream ends or has said enough; a stream that never does fails the test.</summary>
    public static async Task<List<ReadOutcome>> Read(ISourceStream stream, string? cursor = null, Func<List<ReadOutcome>, bool>? enough = null)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var said = new List<ReadOutcome>();
        await foreach (var outcome in stream.ReadAllAsync(cursor, limit.Token))
        {
            said.Add(outcome);
            if (enough?.Invoke(said) == true)
                break;
        }

        return said;
    }

    public static List<SourceItem> Items(this IEnumerable<ReadOutcome> said) => [.. said.OfType<SourceBatch>().SelectMany(batch => batch.Items)];

    public static List<SourceNote> Notes(this IEnumerable<ReadOutcome> said) => [.. said.OfType<SourceBatch>().SelectMany(batch => batch.Notes ?? [])];

    public static string? Cursor(this IEnumerable<ReadOutcome> said) => said.OfType<SourceBatch>().LastOrDefault(batch => batch.NextCursor is not null)?.NextCursor;

    public static ReadFailed Failure(this IReadOnlyList<ReadOutcome> said) => Assert.IsType<ReadFailed>(said[^1]);
}
