namespace ThreatWatch.Core;

/// <summary>The topics of the queue: one for each arrow between two services.</summary>
public static class Topics
{
    /// <summary>Ingest to Classifier; the body is a <see cref="PostIngested"/>.</summary>
    public const string PostIngested = "post-ingested";

    /// <summary>Classifier to Alerting; the body is a <see cref="RiskDetected"/>.</summary>
    public const string RiskDetected = "risk-detected";

    public static IReadOnlyList<string> All { get; } = [PostIngested, RiskDetected];
}

/// <summary>Revisions of posts were stored. One message for all that one transaction stored, so that a busy source costs few messages.</summary>
public sealed record PostIngested(IReadOnlyList<string> PostIds);

/// <summary>A post was judged High or Critical. Ids and levels only: the broker holds no student's words.</summary>
public sealed record RiskDetected(string PostId, RiskLevel Level, Category Category, IReadOnlyList<string> SchoolIds, DateTimeOffset DetectedAt);
