using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using ThreatWatch.Ingest.Fetching;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Ingest.Sources.Telegram;

/// <summary>
/// Reads the channels that made our bot an administrator, by the Bot API's long polling. Telegram does not say when a post of a channel
/// is deleted, so that the retention of such a source is short.
/// </summary>
internal sealed class TelegramStream(SourceOptions source, Fetcher fetcher, Settings settings, TimeProvider time) : ISourceStream
{
    private const string Updates = "%5B%22channel_post%22%2C%22edited_channel_post%22%5D";

    private static readonly Uri Api = new("https://api.telegram.org");
    private static readonly TimeSpan LongestHold = TimeSpan.FromSeconds(25);

    private readonly JsonApi _api = new(fetcher, source);

    public async IAsyncEnumerable<ReadOutcome> ReadAllAsync(string? cursor, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var place = TelegramCursor.Parse(cursor);
        // A first look that does not wait says at once whether the token is good.
        for (var hold = TimeSpan.Zero; ; hold = Hold())
        {
            var answer = await _api.GetAsync(Address(place, hold), null, cancellationToken);
            if (answer.Failure is { } failure)
            {
                yield return failure with { Why = Explain(answer.Status, failure.Why) };
                yield break;
            }

            var result = JsonFields.Member(answer.Root, "result");
            if (!JsonFields.IsTrue(answer.Root, "ok") || result.ValueKind != JsonValueKind.Array)
            {
                yield return new ReadFailed("an answer that is not ok");
                yield break;
            }

            var (items, isRead) = (new List<SourceItem>(), false);
            foreach (var update in result.EnumerateArray())
            {
                if (JsonFields.Number(update, "update_id") is not { } id)
                    continue;
                isRead = true;
                place = new TelegramCursor(id + 1, time.GetUtcNow());
                if (TelegramPost.Read(update, source.Only) is { } item)
                    items.Add(item);
            }

            // Without a number nothing can be acknowledged, and the same would be asked for again and again.
            if (!isRead && result.GetArrayLength() > 0)
            {
                yield return new ReadFailed("updates without \"update_id\"");
                yield break;
            }

            // An empty batch tells that the source is well.
            yield return new SourceBatch(items, isRead ? place!.ToString() : null);
        }
    }

    // The answer may come at the end of the hold and must still be within the fetcher's time.
    private TimeSpan Hold()
    {
        var hold = settings.Get<FetchingOptions>().Timeout - TimeSpan.FromSeconds(5);
        return hold < TimeSpan.Zero ? TimeSpan.Zero : hold < LongestHold ? hold : LongestHold;
    }

    private Uri Address(TelegramCursor? place, TimeSpan hold)
    {
        var offset = place?.Offset(time.GetUtcNow()) is { } next ? string.Create(CultureInfo.InvariantCulture, $"&offset={next}") : "";
        return new Uri(source.Url ?? Api, string.Create(
            CultureInfo.InvariantCulture, $"/bot{source.Token.Reveal()}/getUpdates?timeout={(int)hold.TotalSeconds}&allowed_updates={Updates}{offset}"));
    }

    private static string Explain(int? status, string why) => status switch
    {
        401 or 404 => $"HTTP {status}: Telegram does not know the bot's token",
        409 => "HTTP 409: somebody else reads this bot's updates, or it has a webhook",
        _ => why,
    };
}

/// <summary>The update to ask for next, and when the last one came, saved as "123@seconds".</summary>
internal sealed record TelegramCursor(long Next, DateTimeOffset At)
{
    // After a week without updates Telegram numbers anew at random; a higher number of ours would throw the new updates away unread.
    private static readonly TimeSpan Numbered = TimeSpan.FromDays(6);

    public static TelegramCursor? Parse(string? cursor)
    {
        var parts = cursor?.Split('@') ?? [];
        return parts.Length == 2
            && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var next)
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var at) && at < 253_402_300_799
            ? new TelegramCursor(next, DateTimeOffset.FromUnixTimeSeconds(at))
            : null;
    }

    /// <summary>Null where the number may no longer be valid: then all that Telegram still holds is asked for.</summary>
    public long? Offset(DateTimeOffset now) => now - At < Numbered ? Next : null;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Next}@{At.ToUnixTimeSeconds()}");
}
