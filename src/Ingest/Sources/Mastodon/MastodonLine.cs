using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using ThreatWatch.Ingest.Fetching;

namespace ThreatWatch.Ingest.Sources.Mastodon;

/// <summary>One live connection of a timeline. The server has no memory of what it sent: what is missed between two of them is read page by page.</summary>
internal sealed class MastodonLine(MastodonTimeline timeline, HttpResponseMessage response, TimeProvider time) : IDisposable
{
    /// <summary>The server sends ":thump" every 15 seconds; three that are missing mean that it is gone.</summary>
    internal static readonly TimeSpan Idle = TimeSpan.FromSeconds(45);

    /// <summary>Bytes of a line; a status has some thousand.</summary>
    internal const int MaxLine = 1 << 20;

    public static async Task<(MastodonLine? Line, ReadFailed? Failure)> OpenAsync(
        Uri server, MastodonTimeline timeline, SourceOptions source, string? authorization, OpenLines lines, TimeProvider time, CancellationToken cancellationToken)
    {
        var url = new Uri(server, "/api/v1/streaming/" + timeline.StreamPath);
        var opened = await lines.GetAsync(url, "text/event-stream", authorization, source.AllowPrivateAddress, cancellationToken);
        if (opened.Line is { } response)
            return (new MastodonLine(timeline, response, time), null);
        var why = opened.Status is 401 or 403
            ? $"HTTP {opened.Status}: the server does not accept the token for its live streams (it needs the scope read:statuses)"
            : $"no live stream: {opened.Why}";
        return (null, new ReadFailed(why, opened.After));
    }

    /// <summary>What happens; a <see cref="ReadFailed"/> is the last.</summary>
    public async IAsyncEnumerable<MastodonHappening> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var body = new WatchedStream(await response.Content.ReadAsStreamAsync(cancellationToken), Idle, MaxLine, time);
        await using var events = SseParser.Create(body).EnumerateAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            string? why = null;
            try
            {
                if (!await events.MoveNextAsync())
                    why = "the server closed the stream";
            }
            catch (TimeoutException)
            {
                why = string.Create(CultureInfo.InvariantCulture, $"not even a heartbeat for {Idle.TotalSeconds:0} s");
            }
            catch (InvalidDataException)
            {
                why = $"a line of more than {MaxLine} bytes";
            }
            catch (IOException)
            {
                why = "the connection broke off";
            }

            if (why is not null)
            {
                yield return new MastodonHappening(timeline, null, null, null, new ReadFailed(why));
                yield break;
            }

            if (Read(events.Current) is { } happening)
                yield return happening;
        }
    }

    public void Dispose() => response.Dispose();

    private MastodonHappening? Read(SseItem<string> said)
    {
        switch (said.EventType)
        {
            case "delete":
                return new MastodonHappening(timeline, new DeletedItem(said.Data.Trim()), null, null, null);
            case "update" or "status.update":
                try
                {
                    using var document = JsonDocument.Parse(said.Data, new JsonDocumentOptions { MaxDepth = 64 });
                    var isNew = said.EventType == "update";
                    return new MastodonHappening(
                        timeline, MastodonStatus.Read(document.RootElement, isNew), isNew ? JsonFields.Text(document.RootElement, "id") : null, null, null);
                }
                catch (JsonException exception)
                {
                    var what = string.Create(CultureInfo.InvariantCulture, $"an event that is not JSON at byte {exception.BytePositionInLine}");
                    return new MastodonHappening(timeline, null, null, new SourceNote(SourceNoteKind.BadItem, what), null);
                }

            default:
                return null;
        }
    }
}

/// <summary>Something that a live stream said.</summary>
/// <param name="Id">Of a new status: the timeline was read up to it.</param>
internal sealed record MastodonHappening(MastodonTimeline Timeline, SourceItem? Item, string? Id, SourceNote? Note, ReadFailed? Failure);
