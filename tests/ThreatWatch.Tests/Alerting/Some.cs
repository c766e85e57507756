using ThreatWatch.Alerting;
using ThreatWatch.Core;

namespace ThreatWatch.Tests.Alerting;

/// <summary>Facts as tests need them, made up and valid; a test names only what it is about.</summary>
internal static class Some
{
    private static int _count;

    public static District District() => new()
    {
        Name = "Maple Valley Unified",
        TimeZone = "America/Chicago",
        Desk = "desk",
        Schools =
        [
            new School { Id = "cedar", Name = "Cedar Ridge High School", Officers = ["ortega"], Backups = ["lindqvist"], Counsellors = ["amari"] },
            new School { Id = "harlan", Name = "Harlan Creek High School", Officers = ["lindqvist"], Backups = ["ortega"] },
            new School { Id = "juniper", Name = "Juniper Street Elementary", Officers = ["ortega", "lindqvist"] },
            new School { Id = "bell", Name = "Bellweather Middle School", Officers = ["lindqvist"] },
        ],
        Officers =
        [
            new Officer { Id = "ortega", Name = "Officer R. Ortega", Email = "ortega@maplevalley.example", Sms = "+15555550101" },
            new Officer { Id = "lindqvist", Name = "Officer M. Lindqvist", Email = "lindqvist@maplevalley.example", Sms = "+15555550102" },
            new Officer { Id = "amari", Name = "S. Amari, counsellor", Role = OfficerRole.Counsellor, Email = "amari@maplevalley.example" },
            new Officer { Id = "desk", Name = "District safety desk", Role = OfficerRole.Desk, Email = "desk@maplevalley.example" },
        ],
    };

    public static AlertingOptions Options() => new() { Email = new() { From = "ThreatWatch <alerts@maplevalley.example>" } };

    public static Post Post(string text = "going to bring a gun to cedar ridge tomorrow", string school = "cedar", string? family = null, string source = "town-feed")
    {
        var number = Interlocked.Increment(ref _count);
        return new Post(
            $"post{number:000000}", source, $"external-{number}", 1, null, text, $"https://town.example/posts/{number}", $"@writer{number}",
            AlertingHouse.Start, AlertingHouse.Start, [new SchoolMatch(school, "names \"Cedar Ridge\"")], Ids.Hash(text), family ?? Ids.Hash(text)[..16]);
    }

    public static Assessment Assessment(Post post, RiskLevel level = RiskLevel.High, Category category = Category.Threat) => new(
        post.Id, level, category, 0.93, 0.02,
        [
            new Reason(ReasonKind.Score, "0.93, the threshold for High is 0.80", -1, 0, 3),
            new Reason(ReasonKind.Element, "intent", -1, 0, 1),
            new Reason(ReasonKind.Element, "means", -1, 0, 1),
            new Reason(ReasonKind.Word, "gun", Math.Max(0, post.FullText.IndexOf("gun", StringComparison.Ordinal)), 3, 2),
        ],
        "0123456789abcdef", "fedcba9876543210", "en", AlertingHouse.Start);

    public static RiskDetected Detected(Post post, RiskLevel level = RiskLevel.High, Category category = Category.Threat) =>
        new(post.Id, level, category, [.. post.Schools.Select(match => match.SchoolId)], AlertingHouse.Start);
}
