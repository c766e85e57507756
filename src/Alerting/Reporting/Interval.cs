namespace ThreatWatch.Alerting.Reporting;

/// <summary>A share of a count with its 95% interval after Wilson (1927), which holds for small counts and for none at all.</summary>
/// <param name="Rate">0 to 1.</param>
public sealed record Interval(double Rate, double Low, double High)
{
    private const double Z = 1.959963984540054;

    /// <summary>Null of nothing.</summary>
    public static Interval? Of(int count, int all)
    {
        if (all == 0)
            return null;
        var rate = (double)count / all;
        var square = Z * Z / all;
        var middle = (rate + (square / 2)) / (1 + square);
        var half = Z / (1 + square) * Math.Sqrt((rate * (1 - rate) / all) + (square / (4 * all)));
        return new Interval(rate, Math.Max(0, middle - half), Math.Min(1, middle + half));
    }
}
