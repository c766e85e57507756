namespace ThreatWatch.Core;

/// <summary>A stretch of time in which certain alerts are not told, with the reason: a film shoot at the school, a known joke going round.</summary>
/// <param name="SchoolId">Only this school's alerts; null for all.</param>
/// <param name="Category">Only this category; null for both.</param>
/// <param name="Fingerprint">Only this incident; null for all.</param>
/// <param name="HoldsCritical">True holds back Critical too; no silence does so unasked.</param>
public sealed record Silence(
    string Id,
    string? SchoolId,
    Category? Category,
    string? Fingerprint,
    bool HoldsCritical,
    DateTimeOffset FromAt,
    DateTimeOffset UntilAt,
    string Reason,
    string MadeBy)
{
    /// <summary>True where the alert is not to be told at this instant.</summary>
    public bool Holds(Alert alert, DateTimeOffset now) =>
        FromAt <= now && now < UntilAt && !alert.IsDrill
        && (HoldsCritical || alert.Level < RiskLevel.Critical)
        && (SchoolId is null || SchoolId == alert.SchoolId)
        && (Category is null || Category == alert.Category)
        && (Fingerprint is null || Fingerprint == alert.Fingerprint);
}
