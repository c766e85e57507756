using ThreatWatch.Core;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Classifier.Backtesting;

/// <summary>An alert that a person has judged: the only truth about false alarms that a district has.</summary>
/// <param name="IsRight">True for a threat, lasting or passing, and for a referral; false for a false alarm.</param>
public sealed record ClosedAlert(string Id, bool IsRight, IReadOnlyList<string> PostIds)
{
    /// <summary>Those closed since an instant; drills left out.</summary>
    public static async Task<IReadOnlyList<ClosedAlert>> SinceAsync(Database database, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync(
            "select a.id, a.disposition, j.post_id from alerts a join alert_posts j on j.alert_id = a.id "
            + "where a.closed_at >= @since and a.disposition is not null and a.is_drill = false",
            reader => (Id: reader.GetString(0), Disposition: reader.Enum<Disposition>(1), PostId: reader.GetString(2)),
            cancellationToken,
            ("@since", since));
        return [.. rows.Where(row => row.Disposition != Disposition.Drill).GroupBy(row => (row.Id, row.Disposition))
            .Select(group => new ClosedAlert(group.Key.Id, group.Key.Disposition != Disposition.NotAThreat, [.. group.Select(row => row.PostId)]))];
    }
}
