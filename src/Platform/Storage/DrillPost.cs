using ThreatWatch.Core;
using ThreatWatch.Platform.Queue;

namespace ThreatWatch.Platform.Storage;

/// <summary>The synthetic post of a drill and its message to the classifier: from there on nothing in the chain is made up.</summary>
public static class DrillPost
{
    /// <summary>The source of such posts; no configured source may bear its id.</summary>
    public const string Source = "drill";

    public const string Text = "DRILL. This post is made up and tests the chain of alerts. Acknowledge it as you would a real one.";

    /// <summary>Adds both; returns the post's id.</summary>
    public static async Task<string> AddAsync(
        UnitOfWork work, Outbox outbox, string schoolId, string text, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var id = Ids.New(now);
        var post = new Post(id, Source, id, 1, null, text, null, null, now, now, [new SchoolMatch(schoolId, "drill")], Ids.Hash(text), id, IsDrill: true);
        await PostStore.AddAsync(work, [post], cancellationToken);
        await outbox.AddAsync(work, Topics.PostIngested, new PostIngested([id]), cancellationToken);
        return id;
    }
}
