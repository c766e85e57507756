using System.Diagnostics;
using ThreatWatch.Ingest.Sources;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Bench;

/// <summary>The database by itself: rows as long as a post, in batches, each batch a durable transaction.</summary>
internal static class RawRows
{
    private static readonly InsertPlan<PostItem> Plan = new("raw", "id",
        [new("id", typeof(string), post => post.ExternalId), new("body", typeof(string), post => post.Text)]);

    public static async Task<double> MeasureAsync(ISqlDialect dialect, IReadOnlyList<PostItem> posts)
    {
        var database = new Database(dialect);
        await database.ExecuteAsync("create table raw (id text primary key, body text not null)", CancellationToken.None);
        var start = Stopwatch.GetTimestamp();
        foreach (var batch in posts.Chunk(500))
        {
            await using var work = await database.BeginAsync(CancellationToken.None);
            await work.InsertManyAsync(Plan, batch, CancellationToken.None);
            await work.CommitAsync(CancellationToken.None);
        }

        return posts.Count / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
