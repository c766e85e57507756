using System.Text.RegularExpressions;
using ThreatWatch.Core;
using ThreatWatch.Ingest.Intake;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Ingest.Sources;

/// <summary>Checks that each source can be read, and that the district may: a source without a recorded permission is not read at all.</summary>
internal static partial class SourceValidator
{
    public static void Validate(IReadOnlyList<SourceOptions> sources, SettingsSnapshot all, Problems problems)
    {
        var schools = all.Get<District>().Schools.Select(school => school.Id).ToHashSet();
        var seen = new HashSet<string>();
        for (var i = 0; i < sources.Count; i++)
        {
            var at = problems.At("", i);
            var source = sources[i];
            if (!Id().IsMatch(source.Id))
                at.Add("id", $"\"{source.Id}\" must be 1 to 40 lower-case letters, digits or hyphens");
            else if (source.Id == FrontDoor.DrillSource)
                at.Add("id", $"\"{FrontDoor.DrillSource}\" is kept for drills");
            else if (!seen.Add(source.Id))
                at.Add("id", $"\"{source.Id}\" stands twice");
            CheckPlace(source, at);
            CheckPermission(source, at);
            NetworkSources.Check(source, at);
            for (var k = 0; k < source.Schools.Count; k++)
            {
                if (source.Schools[k] != SourceOptions.EverySchool && !schools.Contains(source.Schools[k]))
                    at.At("schools", k).Add("", $"no school has the id \"{source.Schools[k]}\"; known: {string.Join(", ", schools)}, and \"*\" for all");
            }

            if (source.Every < TimeSpan.FromSeconds(1) || source.Every > TimeSpan.FromDays(1))
                at.Add("every", "must be between 1s and 1d");
            if (source.RetentionDays is < 1 or > 3650)
                at.Add("retentionDays", "must be between 1 and 3650");
        }
    }

    private static void CheckPlace(SourceOptions source, Problems at)
    {
        var type = source.Type.ToString().ToLowerInvariant();
        string[]? schemes = source.Type switch
        {
            SourceType.Feed when source.Path is null => ["https", "http"],
            SourceType.Jetstream => ["wss", "ws"],
            SourceType.Mastodon or SourceType.Discourse or SourceType.Lemmy => ["https", "http"],
            _ => null,
        };
        if (schemes is not null && source.Url is null)
            at.Add("url", $"is needed for the type \"{type}\"");
        else if (schemes is not null && !schemes.Contains(source.Url!.Scheme))
            at.Add("url", $"must begin with {schemes[0]}://");
        if (source.Type is SourceType.Ndjson or SourceType.Folder && string.IsNullOrWhiteSpace(source.Path))
            at.Add("path", $"is needed for the type \"{type}\"");
        if (source.Type == SourceType.Feed && source is { Path: not null, Url: not null })
            at.Add("path", "stands beside a url; keep one of them");
        if (source.Type == SourceType.Push && source.Secret.Reveal().Length < 32)
            at.Add("secret", "must have at least 32 characters: whoever knows it can put posts in");
        if (source.Type == SourceType.Telegram && source.Token.IsEmpty)
            at.Add("token", "is needed: the token of a bot that the channels made an administrator");
        if (source.Url is { } url && !string.IsNullOrEmpty(url.UserInfo))
            at.Add("url", "holds a name or password, which would stand in logs; use \"token\"");
    }

    private static void CheckPermission(SourceOptions source, Problems at)
    {
        if (source.Url is { } url && RefusedHosts.Why(url.Host, source) is { } why)
            at.Add("url", why);
        if (string.IsNullOrWhiteSpace(source.LegalBasis))
            at.Add("legalBasis", "is needed: what allows the district to read this, such as \"published for machines\" or \"operator's consent\"");
        if (string.IsNullOrWhiteSpace(source.Permission))
            at.Add("permission", "is needed: where that is written down, such as the number of an agreement or the address of the terms");
        if (source.ReviewedOn is null)
            at.Add("reviewedOn", "is needed: the day on which somebody last checked the permission, such as \"2026-09-01\"");
        if (source.ReviewEvery < TimeSpan.FromDays(1) || source.ReviewEvery > TimeSpan.FromDays(3650))
            at.Add("reviewEvery", "must be between 1d and 3650d");
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,39}$")]
    private static partial Regex Id();
}
