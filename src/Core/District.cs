namespace ThreatWatch.Core;

/// <summary>The district as configured: its schools and the people who are told. Section "district" of the configuration.</summary>
public sealed record District
{
    /// <summary>Stands for "no certain school" in posts and alerts: the district's desk takes those.</summary>
    public const string DeskSchoolId = "district";

    /// <summary>As shown in messages.</summary>
    public string Name { get; init; } = "";

    /// <summary>IANA time zone of duty hours and of instants shown to people.</summary>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>Address or web page that site operators may turn to; sent in the User-Agent.</summary>
    public string Contact { get; init; } = "";

    /// <summary>Id of the officer (or desk) who takes what nobody else does.</summary>
    public string Desk { get; init; } = "";

    public IReadOnlyList<School> Schools { get; init; } = [];

    public IReadOnlyList<Officer> Officers { get; init; } = [];

    public School? FindSchool(string id) => Schools.FirstOrDefault(school => school.Id == id);

    public Officer? FindOfficer(string id) => Officers.FirstOrDefault(officer => officer.Id == id);

    /// <summary>The school's name for people; the district's own for <see cref="DeskSchoolId"/>.</summary>
    public string SchoolName(string id) => id == DeskSchoolId ? Name : FindSchool(id)?.Name ?? id;
}

/// <summary>A school: how posts name it and who is assigned to it.</summary>
public sealed record School
{
    public string Id { get; init; } = "";

    public string Name { get; init; } = "";

    /// <summary>Other names, whole words: "Lincoln High", "LHS".</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>Aliases that other schools in the world share: they count only together with the source, the place or another name.</summary>
    public IReadOnlyList<string> AmbiguousAliases { get; init; } = [];

    /// <summary>Mascots and nicknames, which count only beside a word of school life.</summary>
    public IReadOnlyList<string> Mascots { get; init; } = [];

    /// <summary>Handles and hashtags, with or without @ and #.</summary>
    public IReadOnlyList<string> Handles { get; init; } = [];

    /// <summary>Town and neighbourhood names that resolve an ambiguous alias.</summary>
    public IReadOnlyList<string> Places { get; init; } = [];

    /// <summary>Ids of the assigned officers, the first in charge.</summary>
    public IReadOnlyList<string> Officers { get; init; } = [];

    /// <summary>Ids of those who stand in.</summary>
    public IReadOnlyList<string> Backups { get; init; } = [];

    /// <summary>Ids of those who take SelfHarm.</summary>
    public IReadOnlyList<string> Counsellors { get; init; } = [];
}

/// <summary>Somebody who can be told: an officer, a counsellor or a desk.</summary>
public sealed record Officer
{
    public string Id { get; init; } = "";

    public string Name { get; init; } = "";

    public OfficerRole Role { get; init; } = OfficerRole.Officer;

    public string? Email { get; init; }

    /// <summary>E.164, such as "+15555550123".</summary>
    public string? Sms { get; init; }

    /// <summary>E.164; the number for SMS is called where this is not given.</summary>
    public string? Voice { get; init; }
}

/// <summary>What somebody is to an alert.</summary>
public enum OfficerRole
{
    Officer,
    Counsellor,
    Desk,
}
