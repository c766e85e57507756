namespace ThreatWatch.Classifier.Model;

/// <summary>
/// Turns the opinions on a post into one calibrated probability: a logistic function of their weighted sum, fitted on posts that the
/// opinions were not trained on (Platt's scaling with more than one input).
/// </summary>
internal sealed record Blend(double Bias, double Post, double Sentence, double Network)
{
    private const int Inputs = 4;

    public double Logit(in Evidence evidence) => Bias + (Post * evidence.Post) + (Sentence * evidence.Sentence) + (Network * evidence.Network);

    public double Probability(in Evidence evidence) => 1 / (1 + Math.Exp(-Logit(evidence)));

    /// <summary>Fits by Newton's method with a little ridge; an opinion that would count against what it says is left out.</summary>
    public static Blend Fit(IReadOnlyList<(Evidence Evidence, bool Label, double Weight)> rows, bool withNetwork)
    {
        bool[] used = [true, true, true, withNetwork];
        for (; ; )
        {
            var fitted = Newton(rows, used);
            var worst = Enumerable.Range(1, Inputs - 1).Where(i => used[i] && fitted[i] < 0).DefaultIfEmpty(-1).MinBy(i => i < 0 ? 0 : fitted[i]);
            if (worst < 0)
                return new Blend(fitted[0], fitted[1], fitted[2], fitted[3]);
            used[worst] = false;
        }
    }

    private static double[] Newton(IReadOnlyList<(Evidence Evidence, bool Label, double Weight)> rows, bool[] used)
    {
        var beta = new double[Inputs];
        var x = new double[Inputs];
        for (var step = 0; step < 30; step++)
        {
            var gradient = new double[Inputs];
            var hessian = new double[Inputs, Inputs];
            foreach (var (evidence, label, weight) in rows)
            {
                (x[0], x[1], x[2], x[3]) = (1, used[1] ? evidence.Post : 0, used[2] ? evidence.Sentence : 0, used[3] ? evidence.Network : 0);
                var p = 1 / (1 + Math.Exp(-Dot(beta, x)));
                for (var i = 0; i < Inputs; i++)
                {
                    gradient[i] += weight * ((label ? 1 : 0) - p) * x[i];
                    for (var j = 0; j < Inputs; j++)
                        hessian[i, j] += weight * p * (1 - p) * x[i] * x[j];
                }
            }

            for (var i = 0; i < Inputs; i++)
            {
                gradient[i] -= 0.01 * beta[i];
                hessian[i, i] += 0.01;
            }

            var delta = Solve(hessian, gradient);
            for (var i = 0; i < Inputs; i++)
                beta[i] += Math.Clamp(delta[i], -2, 2);
        }

        return beta;
    }

    private static double Dot(double[] a, double[] b) => (a[0] * b[0]) + (a[1] * b[1]) + (a[2] * b[2]) + (a[3] * b[3]);

    private static double[] Solve(double[,] a, double[] b)
    {
        var n = b.Length;
        for (var column = 0; column < n; column++)
        {
            for (var row = column + 1; row < n; row++)
            {
                var factor = a[row, column] / a[column, column];
                for (var k = column; k < n; k++)
                    a[row, k] -= factor * a[column, k];
                b[row] -= factor * b[column];
            }
        }

        for (var row = n - 1; row >= 0; row--)
        {
            for (var k = row + 1; k < n; k++)
                b[row] -= a[row, k] * b[k];
            b[row] /= a[row, row];
        }

        return b;
    }
}
