namespace ThreatWatch.Core;

/// <summary>What kind of danger a score, a rule or an alert speaks of; it decides who is told.</summary>
public enum Category
{
    /// <summary>Violence against others: to the School Resource Officer.</summary>
    Threat,

    /// <summary>Violence against oneself: to the counsellor.</summary>
    SelfHarm,
}
