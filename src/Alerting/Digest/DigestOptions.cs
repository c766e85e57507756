namespace ThreatWatch.Alerting.Digest;

/// <summary>A daily e-mail about posts judged Elevated. Part "digest" of section "alerting".</summary>
public sealed record DigestOptions
{
    /// <summary>On the district's clock; it tells of the day before this hour.</summary>
    public TimeOnly At { get; init; } = new(15, 0);
}
