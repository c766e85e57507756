using System.Text.Json;
using ThreatWatch.Ingest.Sources.Feeds;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Ingest.Polling;

/// <summary>What is kept of a feed between two looks. All of it belongs to one configured address: another address starts anew.</summary>
internal sealed record FeedCursor
{
    /// <summary>The configured address that all this is about.</summary>
    public string Of { get; init; } = "";

    public string? ETag { get; init; }

    public string? LastModified { get; init; }

    public string? BodyHash { get; init; }

    /// <summary>Short hashes of the newest entries: where none of them is left, entries may have been missed.</summary>
    public IReadOnlyList<string> Newest { get; init; } = [];

    /// <summary>The feed's wish, which a 304 does not repeat.</summary>
    public FeedSchedule? Schedule { get; init; }

    /// <summary>Sightings of a permanent redirect.</summary>
    public Sighting? Moved { get; init; }

    /// <summary>The address that took the configured one's place.</summary>
    public string? Address { get; init; }

    public string? Hub { get; init; }

    /// <summary>The feed's address as its hub knows it.</summary>
    public string? Topic { get; init; }

    /// <summary>Reads a saved cursor; a new one where it is missing, broken or about another address.</summary>
    public static FeedCursor For(Uri configured, string? saved)
    {
        try
        {
            if (saved is not null && Json.Read<FeedCursor>(saved) is { } cursor && cursor.Of == configured.AbsoluteUri)
                return cursor;
        }
        catch (JsonException)
        {
            // The feed is read as if for the first time: posts that are known are told apart by their ids.
        }

        return new FeedCursor { Of = configured.AbsoluteUri };
    }

    /// <summary>Notes a permanent redirect, or its absence; takes it over once it has stood long enough.</summary>
    public FeedCursor Sight(Uri? movedTo, DateTimeOffset now)
    {
        var moved = Sighting.Next(Moved, movedTo, now);
        return moved is not null && moved.HasSettled(now) ? this with { Moved = null, Address = moved.Url } : this with { Moved = moved };
    }
}

/// <summary>A permanent redirect seen again and again: a captive portal's or a broken afternoon's must not move a source for good.</summary>
internal sealed record Sighting(string Url, DateTimeOffset SinceAt, int Times)
{
    private const int Enough = 5;

    private static readonly TimeSpan LongEnough = TimeSpan.FromHours(24);

    public static Sighting? Next(Sighting? last, Uri? movedTo, DateTimeOffset now)
    {
        if (movedTo is null)
            return null;
        return last is not null && last.Url == movedTo.AbsoluteUri ? last with { Times = last.Times + 1 } : new Sighting(movedTo.AbsoluteUri, now, 1);
    }

    public bool HasSettled(DateTimeOffset now) => Times >= Enough && now - SinceAt >= LongEnough;
}
