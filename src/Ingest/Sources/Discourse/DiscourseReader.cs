using System.Globalization;
using System.Text.Json;
using ThreatWatch.Ingest.Fetching;
using ThreatWatch.Ingest.Sources.Markup;

namespace ThreatWatch.Ingest.Sources.Discourse;

/// <summary>
/// Reads the latest public posts of a Discourse forum, back to the last one that was read. The newest page is read each time anew, so
/// that edits, hidings and deletions of some fifty posts are seen.
/// </summary>
internal sealed class DiscourseReader(SourceOptions source, Fetcher fetcher, Func<CancellationToken, Task<IReadOnlyList<string>>> known) : ISourceReader
{
    // A thousand posts; who was away longer on a busy forum misses some, and is told.
    private const int MaxPages = 20;

    // Older versions answer with the public ones among so many ids, which may be none at all.
    private const int IdsInAPage = 50;

    private readonly JsonApi _api = new(fetcher, source);

    /// <param name="cursor">The id of the newest post that was read.</param>
    public async Task<ReadOutcome> ReadAsync(string? cursor, CancellationToken cancellationToken)
    {
        long? last = long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;
        var posts = new SortedDictionary<long, JsonElement>();
        var before = 0L;
        for (var pages = 1; ; pages++)
        {
            var path = before == 0 ? "/posts.json" : string.Create(CultureInfo.InvariantCulture, $"/posts.json?before={before}");
            var answer = await _api.GetAsync(new Uri(source.Url!, path), null, cancellationToken);
            if (answer.Failure is not null)
                return answer.Status is not (403 or 404)
                    ? answer.Failure
                    : answer.Failure with { Why = $"HTTP {answer.Status}: no public list of posts at this address" };
            if (JsonFields.Member(answer.Root, "latest_posts").ValueKind != JsonValueKind.Array)
                return new ReadFailed("an answer without \"latest_posts\"");
            var lowest = long.MaxValue;
            foreach (var post in JsonFields.Items(answer.Root, "latest_posts"))
            {
                if (JsonFields.Number(post, "id") is not { } number)
                    continue;
                posts[number] = post;
                lowest = Math.Min(lowest, number);
            }

            before = lowest < long.MaxValue ? lowest - 1 : before - IdsInAPage;
            if (last is null || before <= last || posts.Count == 0)
                return await ConcludeAsync(posts, cursor, null, cancellationToken);
            if (pages == MaxPages)
                return await ConcludeAsync(posts, cursor, $"the posts {last + 1} to {before} are too many to be read", cancellationToken);
        }
    }

    private async Task<SourceBatch> ConcludeAsync(
        SortedDictionary<long, JsonElement> posts, string? cursor, string? gap, CancellationToken cancellationToken)
    {
        if (posts.Count == 0)
            return SourceBatch.Nothing(cursor);
        var items = posts.Values.Select(Read).OfType<SourceItem>().ToList();
        // What the forum no longer lists between the first and the last that it lists was deleted, hidden or moved out of sight.
        var (first, last) = (posts.Keys.First(), posts.Keys.Last());
        foreach (var text in await known(cancellationToken))
        {
            if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id > first && id < last && !posts.ContainsKey(id))
                items.Add(new DeletedItem(text));
        }

        return new SourceBatch(
            items, last.ToString(CultureInfo.InvariantCulture), null, gap is null ? null : [new SourceNote(SourceNoteKind.Gap, gap)]);
    }

    private SourceItem? Read(JsonElement post)
    {
        var id = JsonFields.Text(post, "id")!;
        if (source.Only.Count > 0 && !source.Only.Contains(JsonFields.Text(post, "category_id") ?? ""))
            return null;
        if (JsonFields.IsTrue(post, "hidden") || JsonFields.IsTrue(post, "user_deleted") || JsonFields.Has(post, "deleted_at"))
            return new DeletedItem(id);
        var text = JsonFields.Text(post, "cooked") is { } cooked ? HtmlText.FromHtml(cooked) : JsonFields.Text(post, "raw");
        if (string.IsNullOrWhiteSpace(text))
            return null;
        var address = JsonFields.Text(post, "post_url")
            ?? (JsonFields.Text(post, "topic_slug") is { } slug ? $"/t/{slug}/{JsonFields.Text(post, "topic_id")}/{JsonFields.Text(post, "post_number")}" : $"/p/{id}");
        var url = Uri.TryCreate(source.Url, address, out var whole) && whole.Host == source.Url!.Host ? whole.AbsoluteUri : null;
        // Only the first post of a topic is named by its title: each reply would name the school else.
        var title = JsonFields.Number(post, "post_number") == 1 ? JsonFields.Text(post, "topic_title") : null;
        return new PostItem(id, text, title, url, JsonFields.Text(post, "username"), JsonFields.Instant(post, "created_at"));
    }
}
