namespace ThreatWatch.Classifier.Model;

/// <summary>A share with its 95% interval by Wilson's method, which stays honest for few cases and for shares near 0 and 1.</summary>
public sealed record Share(int Hits, int Of)
{
    private const double Z = 1.96;

    public double Value => Of == 0 ? 0 : (double)Hits / Of;

    public double Low => Of == 0 ? 0 : Math.Max(0, Middle - Half);

    public double High => Of == 0 ? 1 : Math.Min(1, Middle + Half);

    private double Middle => (Value + (Z * Z / (2 * Of))) / (1 + (Z * Z / Of));

    private double Half => Z * Math.Sqrt((Value * (1 - Value) / Of) + (Z * Z / (4.0 * Of * Of))) / (1 + (Z * Z / Of));
}

/// <summary>Measures of a scorer on labelled posts.</summary>
public static class Metrics
{
    private const int Bins = 15;

    public static Share Recall(IEnumerable<(double Score, bool Label)> rows, double threshold) => ShareOf(rows.Where(r => r.Label), r => r.Score >= threshold);

    public static Share FalseAlarms(IEnumerable<(double Score, bool Label)> rows, double threshold) => ShareOf(rows.Where(r => !r.Label), r => r.Score >= threshold);

    public static Share Precision(IEnumerable<(double Score, bool Label)> rows, double threshold) => ShareOf(rows.Where(r => r.Score >= threshold), r => r.Label);

    /// <summary>Expected calibration error: the mean distance between what was said and what came true, over bins of equal width.</summary>
    public static double CalibrationError(IEnumerable<(double Score, bool Label)> rows)
    {
        var all = rows.ToList();
        return all.GroupBy(r => Math.Min(Bins - 1, (int)(r.Score * Bins)))
            .Sum(bin => Math.Abs(bin.Average(r => r.Score) - bin.Average(r => r.Label ? 1.0 : 0.0)) * bin.Count() / all.Count);
    }

    /// <summary>The area under the ROC curve: how often a true one scores above a false one, ties counting half.</summary>
    public static double Auc(IEnumerable<(double Score, bool Label)> rows)
    {
        var sorted = rows.OrderBy(r => r.Score).ToList();
        double ranks = 0, positives = 0;
        for (int i = 0, j; i < sorted.Count; i = j)
        {
            for (j = i; j < sorted.Count && sorted[j].Score == sorted[i].Score; j++)
            {
            }

            var hits = sorted.Skip(i).Take(j - i).Count(r => r.Label);
            ranks += hits * ((i + j + 1) / 2.0);
            positives += hits;
        }

        var negatives = sorted.Count - positives;
        return positives == 0 || negatives == 0 ? 0.5 : (ranks - (positives * (positives + 1) / 2)) / (positives * negatives);
    }

    /// <summary>The lowest threshold at which at most <paramref name="rate"/> of these scores raise an alarm.</summary>
    public static double ThresholdFor(IEnumerable<double> harmless, double rate)
    {
        var sorted = harmless.OrderDescending().ToList();
        var allowed = (int)(sorted.Count * rate);
        return allowed >= sorted.Count ? 0 : Math.BitIncrement(sorted[allowed]);
    }

    private static Share ShareOf<T>(IEnumerable<T> rows, Func<T, bool> hit)
    {
        int hits = 0, of = 0;
        foreach (var row in rows)
            (hits, of) = (hits + (hit(row) ? 1 : 0), of + 1);
        return new Share(hits, of);
    }
}
