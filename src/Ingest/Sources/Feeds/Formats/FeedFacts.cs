using System.Globalization;
using ThreatWatch.Ingest.Sources.Feeds.Dates;
using ThreatWatch.Ingest.Sources.Feeds.Xml;

namespace ThreatWatch.Ingest.Sources.Feeds.Formats;

/// <summary>Collects what a feed says about itself: title, hubs, schedule, pages and deletions, in RSS and Atom alike.</summary>
internal sealed class FeedFacts(FeedTree tree)
{
    private const int MostHubs = 8;

    private readonly List<string> _hubs = [];
    private readonly List<DeletedEntry> _deleted = [];
    private readonly List<int> _skipHours = [];
    private readonly List<DayOfWeek> _skipDays = [];
    private string? _title;
    private string? _self;
    private string? _next;
    private int? _ttl;
    private TimeSpan? _period;
    private int _frequency = 1;
    private DateTimeOffset? _updateBase;

    /// <summary>Looks at one child of the channel or feed.</summary>
    public void Take(FeedNode node)
    {
        switch (node.Vocabulary, node.Name)
        {
            case (FeedNamespace.Core or FeedNamespace.Atom, "title"): _title ??= FeedText.Read(tree, node); break;
            case (FeedNamespace.Core or FeedNamespace.Atom, "link"): TakeLink(node); break;
            case (FeedNamespace.Core, "ttl"): _ttl ??= Integer(node); break;
            case (FeedNamespace.Core, "skiphours"): TakeHours(node); break;
            case (FeedNamespace.Core, "skipdays"): TakeDays(node); break;
            case (FeedNamespace.Syndication, "updateperiod"): _period ??= Period(FeedText.Value(tree, node)); break;
            case (FeedNamespace.Syndication, "updatefrequency"): _frequency = Math.Max(1, Integer(node) ?? 1); break;
            case (FeedNamespace.Syndication, "updatebase"): _updateBase ??= FeedDate.Parse(FeedText.Raw(tree, node)); break;
            case (FeedNamespace.Tombstones or FeedNamespace.Atom, "deleted-entry"):
                if (node.Attribute("ref")?.Trim() is { Length: > 0 } reference)
                    _deleted.Add(new DeletedEntry(reference, FeedDate.Parse(node.Attribute("when"))));
                break;
        }
    }

    public FeedDocument Finish(FeedFormat format, List<EntryDraft> drafts) => new(format, EntryIdentity.Settle(drafts))
    {
        Title = string.IsNullOrEmpty(_title) ? null : _title,
        Hubs = _hubs,
        SelfUrl = _self,
        NextUrl = _next,
        DeletedEntries = _deleted,
        Schedule = new FeedSchedule
        {
            TtlMinutes = _ttl,
            SkipHours = _skipHours,
            SkipDays = _skipDays,
            UpdateEvery = _period is { } period ? period / _frequency : null,
            UpdateBase = _updateBase,
        },
    };

    private void TakeLink(FeedNode node)
    {
        var url = UrlResolver.Resolve(node.BaseUrl, node.Attribute("href"));
        if (url is null)
            return;
        // One link may stand in several relations at once.
        foreach (var relation in (node.Attribute("rel") ?? "").Split(' ', 8, StringSplitOptions.RemoveEmptyEntries))
        {
            switch (relation.ToLowerInvariant())
            {
                case "hub" when _hubs.Count < MostHubs && !_hubs.Contains(url): _hubs.Add(url); break;
                case "self": _self ??= url; break;
                case "next": _next ??= url; break;
            }
        }
    }

    private void TakeHours(FeedNode node)
    {
        for (var child = node.FirstChild; child is not null; child = child.NextSibling)
        {
            // RSS 0.91 counts 1-24, where 24 is midnight.
            if (child.Name == "hour" && Integer(child) is { } hour and >= 0 and <= 24 && !_skipHours.Contains(hour % 24))
                _skipHours.Add(hour % 24);
        }
    }

    private void TakeDays(FeedNode node)
    {
        for (var child = node.FirstChild; child is not null; child = child.NextSibling)
        {
            if (child.Name == "day" && Enum.TryParse<DayOfWeek>(FeedText.Value(tree, child), ignoreCase: true, out var day) && Enum.IsDefined(day)
                && !_skipDays.Contains(day))
                _skipDays.Add(day);
        }
    }

    private int? Integer(FeedNode node) =>
        int.TryParse(FeedText.Value(tree, node), NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) && value >= 0 ? value : null;

    private static TimeSpan? Period(string? name) => name?.ToLowerInvariant() switch
    {
        "hourly" => TimeSpan.FromHours(1),
        "daily" => TimeSpan.FromDays(1),
        "weekly" => TimeSpan.FromDays(7),
        "monthly" => TimeSpan.FromDays(30),
        "yearly" => TimeSpan.FromDays(365),
        _ => null,
    };
}
