using System.Runtime.CompilerServices;
using System.Threading.Channels;
using ThreatWatch.Ingest.Fetching;

namespace ThreatWatch.Ingest.Sources.Mastodon;

/// <summary>
/// Reads a server's timelines live, with the token of an account of ours. It connects first and then reads what was missed page by page,
/// so that nothing falls between; what comes twice is known by its id.
/// </summary>
internal sealed class MastodonStream(
    SourceOptions source, Fetcher fetcher, OpenLines lines, TimeProvider time, Func<CancellationToken, Task<IReadOnlyList<string>>> known) : ISourceStream
{
    private const int MaxBatch = 500;

    private readonly MastodonServer _server = new(source, fetcher, time);

    public async IAsyncEnumerable<ReadOutcome> ReadAllAsync(string? cursor, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var timelines = MastodonTimeline.Of(source);
        var (streaming, refusal) = await _server.LookAsync(timelines, cancellationToken);
        if (refusal is not null)
        {
            yield return refusal;
            yield break;
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            var happenings = Channel.CreateBounded<MastodonHappening>(MaxBatch);
            var closed = await ConnectAsync(streaming!, timelines, happenings.Writer, stop.Token);
            var place = MastodonCursor.Parse(cursor);
            ReadFailed? failure = null;
            await foreach (var outcome in CatchUpAsync(timelines, place, cancellationToken))
            {
                failure ??= outcome as ReadFailed;
                if (outcome is SourceBatch)
                    yield return outcome;
            }

            // Without live streams the pages are read at the pace of a source that is asked.
            if (closed is not null)
                failure = closed with { After = failure?.After ?? closed.After ?? source.Every };
            while (failure is null && await happenings.Reader.WaitToReadAsync(cancellationToken))
            {
                (var batch, failure) = Drain(happenings.Reader, place);
                if (batch.Items.Count > 0 || batch.Notes is { Count: > 0 })
                    yield return batch;
            }

            yield return failure!;
        }
        finally
        {
            // Whoever leaves takes the live connections along.
            await stop.CancelAsync();
        }
    }

    private async IAsyncEnumerable<ReadOutcome> CatchUpAsync(
        IReadOnlyList<MastodonTimeline> timelines, MastodonCursor place, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var timeline in timelines)
        {
            await foreach (var page in MastodonPages.ReadAsync(_server, timeline, place, source.LocalOnly, cancellationToken))
            {
                if (page.Failure is not null)
                    yield return page.Failure;
                else if (page.Items.Count > 0)
                    yield return new SourceBatch(page.Items, place.ToString());
            }
        }

        var visited = await _server.VisitAsync(await known(cancellationToken), cancellationToken);
        if (visited.Items.Count > 0 || visited.Notes is { Count: > 0 })
            yield return visited;
    }

    private async Task<ReadFailed?> ConnectAsync(
        Uri streaming, IReadOnlyList<MastodonTimeline> timelines, ChannelWriter<MastodonHappening> writer, CancellationToken cancellationToken)
    {
        foreach (var timeline in timelines)
        {
            var (line, failure) = await MastodonLine.OpenAsync(streaming, timeline, source, _server.Authorization, lines, time, cancellationToken);
            if (line is null)
                return failure;
            _ = PumpAsync(line, writer, cancellationToken);
        }

        return null;
    }

    // A failure of ours ends the stream by the channel.
    private static async Task PumpAsync(MastodonLine line, ChannelWriter<MastodonHappening> writer, CancellationToken cancellationToken)
    {
        try
        {
            using (line)
            {
                await foreach (var happening in line.ReadAllAsync(cancellationToken))
                    await writer.WriteAsync(happening, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The reader has left.
        }
        catch (Exception exception)
        {
            writer.TryComplete(exception);
        }
    }

    private static (SourceBatch Batch, ReadFailed? Ended) Drain(ChannelReader<MastodonHappening> reader, MastodonCursor place)
    {
        var items = new List<SourceItem>();
        List<SourceNote>? notes = null;
        while (items.Count < MaxBatch && reader.TryRead(out var happening))
        {
            if (happening.Failure is { } failure)
                return (new SourceBatch(items, place.ToString(), null, notes), failure);
            if (happening.Item is { } item)
                items.Add(item);
            if (happening.Note is { } note)
                (notes ??= []).Add(note);
            if (happening.Id is { } id)
                place.Advance(happening.Timeline, id);
        }

        return (new SourceBatch(items, place.ToString(), null, notes), null);
    }
}
