using ThreatWatch.Core;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Ingest.Families;

/// <summary>
/// Keeps the <see cref="FamilyIndex"/> true to the store: made from it at the start, and before each assignment told what other processes
/// stored. Used by one transaction at a time.
/// </summary>
public sealed class FamilyBook(PostStore posts, FamilyJournal journal, TimeProvider time)
{
    private const int Capacity = 20_000;
    private const int PostsInAQuery = 1000;

    // Reposts of a threat come within hours and come back within days.
    private static readonly TimeSpan Remembered = TimeSpan.FromDays(14);

    // Less than the journal keeps, since clocks differ.
    private static readonly TimeSpan Trusted = FamilyJournal.Kept / 2;

    private readonly string _writer = Guid.NewGuid().ToString("N");
    private readonly List<string> _stored = [];
    private readonly List<string> _forgotten = [];
    private FamilyIndex? _index;
    private long _seen;
    private long? _turn;
    private DateTimeOffset _seenAt;

    /// <summary>Call before a transaction in which <see cref="TakeTurnAsync"/> may be called.</summary>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (_index is not null && now - _seenAt < Trusted)
            return;
        var index = new FamilyIndex(Capacity);
        // The turn first: what is stored in between is then met twice, which changes nothing.
        var turn = await journal.LastTurnAsync(cancellationToken);
        foreach (var post in await posts.RecentAsync(now - Remembered, Capacity, cancellationToken))
            Learn(index, post);
        (_index, _seen, _seenAt) = (index, turn, now);
    }

    /// <summary>Call in the transaction, before the first <see cref="Assign"/>: other processes wait until it ends, and what they stored is learned.</summary>
    public async Task TakeTurnAsync(UnitOfWork work, CancellationToken cancellationToken)
    {
        if (_turn is not null)
            return;
        _turn = await FamilyJournal.TakeTurnAsync(work, cancellationToken);
        if (_index is null)
            return;
        var entries = await FamilyJournal.SinceAsync(work, _seen, _writer, cancellationToken);
        foreach (var ids in entries.SelectMany(entry => entry.Stored).Distinct().Chunk(PostsInAQuery))
        {
            foreach (var post in (await PostStore.FindAsync(work, ids, cancellationToken)).Where(post => post.Text is not null).OrderBy(post => post.Id, StringComparer.Ordinal))
                Learn(_index, post);
        }

        foreach (var id in entries.SelectMany(entry => entry.Forgotten))
            _index.Forget(id);
        // This turn itself is nobody's should the transaction fail.
        (_seen, _seenAt) = (_turn.Value - 1, time.GetUtcNow());
    }

    /// <summary>The post with its family.</summary>
    public Post Assign(Post post)
    {
        _stored.Add(post.Id);
        return post with { Family = _index!.Assign(post.Id, post.FullText, SchoolsOf(post)) };
    }

    /// <summary>The post's text went.</summary>
    public void Forget(string postId)
    {
        _forgotten.Add(postId);
        _index?.Forget(postId);
    }

    /// <summary>Call at the end of the transaction: tells the others.</summary>
    public async Task WriteAsync(UnitOfWork work, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (_stored.Count == 0 && _forgotten.Count == 0)
            return;
        await TakeTurnAsync(work, cancellationToken);
        await FamilyJournal.WriteAsync(work, _turn!.Value, _writer, new FamilyEntry(_stored, _forgotten), now, cancellationToken);
    }

    /// <summary>Call once the transaction is over.</summary>
    /// <param name="isCommitted">False where it failed.</param>
    public void End(bool isCommitted)
    {
        // Whether a commit that broke off took place only the store can say.
        if (!isCommitted && _stored.Count + _forgotten.Count > 0)
            _index = null;
        _stored.Clear();
        _forgotten.Clear();
        _turn = null;
    }

    private static void Learn(FamilyIndex index, Post post) => index.Learn(post.Id, post.Family, post.FullText, SchoolsOf(post));

    private static List<string> SchoolsOf(Post post) => [.. post.Schools.Select(school => school.SchoolId)];
}
