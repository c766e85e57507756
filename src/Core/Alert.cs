namespace ThreatWatch.Core;

/// <summary>One incident for one school: posts of one family and category, told to people until somebody has it.</summary>
/// <param name="Id">Eight characters that can be read out over a phone, such as "K7Q2-M9DX".</param>
/// <param name="Fingerprint">School + category + family: at most one open alert bears it.</param>
/// <param name="SchoolId">The school, or <see cref="District.DeskSchoolId"/>.</param>
/// <param name="Level">The highest level of its posts.</param>
/// <param name="State">Open until acknowledged; Acknowledged until closed.</param>
/// <param name="FirstPostId">The post that opened it.</param>
/// <param name="PostCount">Posts that joined it, the first included.</param>
public sealed record Alert(
    string Id,
    string Fingerprint,
    string SchoolId,
    Category Category,
    RiskLevel Level,
    AlertState State,
    string FirstPostId,
    int PostCount,
    int AuthorCount,
    int SourceCount,
    bool IsDrill,
    DateTimeOffset OpenedAt,
    DateTimeOffset LastPostAt,
    DateTimeOffset? AcknowledgedAt,
    string? AcknowledgedBy,
    string? AcknowledgedVia,
    DateTimeOffset? ClosedAt,
    Disposition? Disposition);

/// <summary>Where an alert stands.</summary>
public enum AlertState
{
    Open,
    Acknowledged,
    Closed,
}

/// <summary>What an alert turned out to be. Substantive and Transient after the Virginia model (CSTAG).</summary>
public enum Disposition
{
    /// <summary>A threat with a lasting intent to harm.</summary>
    Substantive,

    /// <summary>A threat said in anger or jest and resolved at once.</summary>
    Transient,

    /// <summary>A false alarm.</summary>
    NotAThreat,

    /// <summary>Referred to a counsellor or another service.</summary>
    Referral,

    /// <summary>A drill that came back.</summary>
    Drill,
}
