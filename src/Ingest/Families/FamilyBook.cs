using ThreatWatch.Core;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Ingest.Families;

/// <summary>
/// Keeps the <see cref="FamilyIndex"/> true to the store: made from it at the start and after a transaction that failed, and topped up
/// with what other processes stored. Used by one transaction at a time.
/// </summary>
public sealed class FamilyBook(PostStore posts, TimeProvider time)
{
    private const int Capacity = 20_000;

    // Reposts of a threat come within hours and come back within days.
    private static readonly TimeSpan Remembered = TimeSpan.FromDays(14);

    // What others stored is looked up with what we stored ourselves, which after a flood of ours is much.
    private static readonly TimeSpan TopUpEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TopUpEveryInAFlood = TimeSpan.FromSeconds(15);
    private const int Flood = 1000;

    // Another process's transaction that began before our look may commit after it.
    private static readonly TimeSpan Overlap = TimeSpan.FromSeconds(5);

    private FamilyIndex? _index;
    private DateTimeOffset _seenAt;
    private int _assigned;

    /// <summary>Call before a transaction that assigns.</summary>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (_index is null)
        {
            var index = new FamilyIndex(Capacity);
            foreach (var post in await posts.RecentAsync(now - Remembered, Capacity, cancellationToken))
                Learn(index, post);
            _index = index;
            _seenAt = now;
        }
        else if (now - _seenAt >= (_assigned < Flood ? TopUpEvery : TopUpEveryInAFlood))
        {
            foreach (var post in await posts.RecentAsync(_seenAt - Overlap, Capacity, cancellationToken))
                Learn(_index, post);
            _seenAt = now;
            _assigned = 0;
        }
    }

    /// <summary>The post with its family.</summary>
    public Post Assign(Post post)
    {
        _assigned++;
        return post with { Family = _index!.Assign(post.Id, post.FullText, SchoolsOf(post)) };
    }

    public void Forget(string postId) => _index?.Forget(postId);

    /// <summary>Call when the transaction failed: what was assigned is not stored.</summary>
    public void Discard() => _index = null;

    private static void Learn(FamilyIndex index, Post post) => index.Learn(post.Id, post.Family, post.FullText, SchoolsOf(post));

    private static List<string> SchoolsOf(Post post) => [.. post.Schools.Select(school => school.SchoolId)];
}
