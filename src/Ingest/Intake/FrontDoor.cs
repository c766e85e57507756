using Microsoft.Extensions.Logging;
using ThreatWatch.Core;
using ThreatWatch.Ingest.Families;
using ThreatWatch.Ingest.Scoping;
using ThreatWatch.Ingest.Sources;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Queue;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Ingest.Intake;

/// <summary>
/// The one way into the pipeline: what a source brought becomes posts, retractions, counts, the cursor and the messages to the
/// classifier, in one transaction. What is out of scope is dropped before it.
/// </summary>
public sealed partial class FrontDoor(
    Database database, Outbox outbox, ScopeOfDistrict scope, FamilyBook families, TimeProvider time, ILogger<FrontDoor> logger) : IDisposable
{
    /// <summary>The source of synthetic posts of a drill.</summary>
    public const string DrillSource = DrillPost.Source;

    private const int IdsInAMessage = 100;

    // Families are assigned in the order in which posts are stored.
    private readonly SemaphoreSlim _turn = new(1, 1);

    private readonly QuietBatches _quiet = new(time);

    /// <summary>Stores a batch; once this returns it is durable, but for the cursor of one that may wait. Safe to repeat.</summary>
    public async Task<IntakeResult> StoreAsync(SourceOptions source, SourceBatch batch, CancellationToken cancellationToken)
    {
        var draft = Draft.Of(source, batch, scope.Current);
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_quiet.Holds(source.Id, draft, batch))
                return new IntakeResult(0, 0, 0, 0, 0, 0);
            if (draft.HasPosts)
                await families.PrepareAsync(cancellationToken);
            var result = await StoreAsync(draft, batch, cancellationToken);
            _quiet.Stored(source.Id, batch);
            CrashPoint.Reach("ingest.stored");
            SayNotes(source, batch);
            return result;
        }
        finally
        {
            families.End(isCommitted: false);
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task<IntakeResult> StoreAsync(Draft draft, SourceBatch batch, CancellationToken cancellationToken)
    {
        var source = draft.Source;
        await using var work = await database.BeginAsync(cancellationToken);
        var known = draft.Looked.Count == 0
            ? new Dictionary<string, Post>()
            : await PostStore.LatestAsync(work, source.Id, draft.Looked, cancellationToken);
        // Only networks of which authors are asked for their wish have such a list.
        var optedOut = source.Type == SourceType.Jetstream
            ? await AuthorCheckStore.OptedOutAsync(work, source.Id, [.. draft.Authors], cancellationToken)
            : new HashSet<string>();
        if (draft.HasNew(known))
            await families.TakeTurnAsync(work, cancellationToken);
        // The instant of the store, not of the read: those who look for what is new since an instant must not miss it.
        var now = time.GetUtcNow();
        var pending = draft.Decide(known, optedOut, families, now);

        var retracted = await RetractAsync(work, draft, now, cancellationToken);
        var stored = await PostStore.AddAsync(work, pending.Posts, cancellationToken);
        foreach (var ids in pending.Posts.Select(post => post.Id).Where(stored.Contains).Chunk(IdsInAMessage))
            await outbox.AddAsync(work, Topics.PostIngested, new PostIngested(ids), cancellationToken);

        var result = new IntakeResult(
            pending.New, pending.Edited, pending.Repeated, pending.OutOfScope + _quiet.Count(source.Id), retracted, draft.Empty + batch.Count(SourceNoteKind.BadItem));
        foreach (var (name, count) in result.Counters().Append(("gaps", batch.Count(SourceNoteKind.Gap))))
            await CounterStore.AddAsync(work, source.Id, name, count, now, cancellationToken);
        await families.WriteAsync(work, now, cancellationToken);
        if (batch.NextCursor is { } cursor)
            await CursorStore.SaveAsync(work, source.Id, cursor, now, cancellationToken);
        await work.CommitAsync(cancellationToken);
        families.End(isCommitted: true);
        // Only where something was kept: a whole network's firehose passes here, and hardly any of it is about our schools.
        if (result.New + result.Edited + result.Retracted > 0)
            LogStored(source.Id, result.New, result.Edited, result.Retracted, result.OutOfScope);
        return result;
    }

    private async Task<int> RetractAsync(UnitOfWork work, Draft draft, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var count = 0;
        if (draft.Deleted.Count > 0)
            count += await RecordAsync(await PostStore.RetractAsync(work, draft.Source.Id, draft.Deleted, now, cancellationToken), "deleted at the source");
        if (draft.GoneAuthors.Count > 0)
            count += await RecordAsync(await PostStore.RetractAuthorsAsync(work, draft.Source.Id, draft.GoneAuthors, now, cancellationToken), "the author's account is gone");
        return count;

        async Task<int> RecordAsync(List<string> ids, string why)
        {
            if (ids.Count > 0)
                await AssessmentStore.RedactAsync(work, ids, cancellationToken);
            foreach (var id in ids)
            {
                families.Forget(id);
                await AuditLog.AddAsync(work, now, $"source:{draft.Source.Id}", "post.retracted", id, why, cancellationToken);
            }

            return ids.Count;
        }
    }

    private void SayNotes(SourceOptions source, SourceBatch batch)
    {
        var bad = batch.Count(SourceNoteKind.BadItem);
        if (bad > 0)
            LogBadItems(source.Id, bad, batch.Notes!.First(note => note.Kind == SourceNoteKind.BadItem).What);
        foreach (var note in batch.Notes ?? [])
        {
            if (note.Kind == SourceNoteKind.Gap)
                LogGap(source.Id, note.What);
            else if (note.Kind == SourceNoteKind.Remark)
                LogRemark(source.Id, note.What);
        }
    }

    [LoggerMessage(LogLevel.Information, "Source {Source}: {New} new post(s) about our schools, {Edited} edited, {Retracted} taken back; {OutOfScope} about others dropped")]
    private partial void LogStored(string source, int @new, int edited, int retracted, int outOfScope);

    [LoggerMessage(LogLevel.Warning, "Source {Source}: {Count} item(s) can't be read and are left out; the first: {What}")]
    private partial void LogBadItems(string source, int count, string what);

    [LoggerMessage(LogLevel.Error, "Source {Source}: posts were missed and can't be had again: {What}")]
    private partial void LogGap(string source, string what);

    [LoggerMessage(LogLevel.Information, "Source {Source}: {What}")]
    private partial void LogRemark(string source, string what);
}
