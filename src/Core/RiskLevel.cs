namespace ThreatWatch.Core;

/// <summary>
/// How urgent a post is, lowest first, so that levels compare with &lt; and &gt;. After the FBI's view of threats: a vague, indirect
/// one is <see cref="Low"/>; a direct, specific and plausible one is <see cref="High"/>; with means and time near at hand <see cref="Critical"/>.
/// </summary>
public enum RiskLevel
{
    None,
    Low,
    Elevated,
    High,
    Critical,
}
