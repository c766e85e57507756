using ThreatWatch.Core;

namespace ThreatWatch.Alerting.Notifying;

/// <summary>One notification with everything that a channel may say of it.</summary>
/// <param name="AcknowledgeUrl">Opens a page with one button; null where the message asks for nothing.</param>
/// <param name="EarlierIds">Provider ids of what this person got for this alert by this channel, oldest first.</param>
public sealed record OutgoingMessage(Notification Notification, Officer To, AlertBrief Brief, Uri? AcknowledgeUrl, IReadOnlyList<string> EarlierIds);

/// <summary>An alert as it is told to people.</summary>
/// <param name="Post">The post that shows it best; its text is null once its author took it back.</param>
/// <param name="Zone">In which instants are shown.</param>
/// <param name="Guidance">What to do next, a line each.</param>
/// <param name="AlsoTold">Names of the others who were told.</param>
/// <param name="HolderName">Who has it; null while nobody has.</param>
/// <param name="ConsoleUrl">The alert's page for those who can sign in.</param>
public sealed record AlertBrief(
    Alert Alert,
    string DistrictName,
    string SchoolName,
    TimeZoneInfo Zone,
    Post? Post,
    Assessment? Assessment,
    IReadOnlyList<string> Guidance,
    IReadOnlyList<string> AlsoTold,
    string? HolderName,
    Uri ConsoleUrl)
{
    /// <summary>Since when nothing is found at the post's address any more; null where it stands, or nobody could look.</summary>
    public DateTimeOffset? PostGoneSinceAt { get; init; }
}
