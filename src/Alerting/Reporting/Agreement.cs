using ThreatWatch.Core;

namespace ThreatWatch.Alerting.Reporting;

/// <summary>How far two readers agree beyond chance: Cohen's kappa (1960).</summary>
/// <param name="Alerts">Read by both.</param>
/// <param name="Agreed">Judged alike.</param>
/// <param name="Kappa">1 for full agreement, 0 for no more than chance; null where both gave every alert the same judgement, or there is none.</param>
public sealed record Agreement(int Alerts, int Agreed, double? Kappa)
{
    public static Agreement Of(IReadOnlyList<(Disposition First, Disposition Second)> pairs)
    {
        var agreed = pairs.Count(pair => pair.First == pair.Second);
        if (pairs.Count == 0)
            return new Agreement(0, 0, null);
        double all = pairs.Count;
        var byChance = Enum.GetValues<Disposition>().Sum(kind => pairs.Count(pair => pair.First == kind) / all * (pairs.Count(pair => pair.Second == kind) / all));
        return new Agreement(pairs.Count, agreed, byChance >= 1 ? null : ((agreed / all) - byChance) / (1 - byChance));
    }
}
