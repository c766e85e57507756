namespace ThreatWatch.Classifier.Model;

/// <summary>
/// Turns the opinions on a post into one calibrated probability: a logistic function of their weighted sum. How much each opinion weighs
/// was found on authors whose posts no opinion had seen, where the networks are worth more than beside the authors that they know; only
/// the scale and the bias are fitted, on posts held back (Platt's scaling).
/// </summary>
internal sealed record Blend(double Bias, double Post, double Sentence, double Network, double Encoder)
{
    private const double PostShare = 0.4;
    private const double SentenceShare = 0.3;
    private const double NetworkShare = 0.7;
    private const double EncoderShare = 1.0;

    /// <summary>The sum of the opinions that cost little.</summary>
    public static double Cheap(in Evidence evidence) => (PostShare * evidence.Post) + (SentenceShare * evidence.Sentence) + (NetworkShare * evidence.Network);

    public double Logit(in Evidence evidence) => Bias + (Post * evidence.Post) + (Sentence * evidence.Sentence) + (Network * evidence.Network) + (Encoder * evidence.Encoder);

    public double Probability(in Evidence evidence) => 1 / (1 + Math.Exp(-Logit(evidence)));

    /// <summary>
    /// Fits scale and bias by Newton's method with a little ridge, which keeps them finite on few rows; each row counts by its weight.
    /// </summary>
    public static Blend Fit(IReadOnlyList<(Evidence Evidence, bool Label, double Weight)> rows)
    {
        double bias = 0, scale = 0.5;
        for (var step = 0; step < 40; step++)
        {
            double g0 = -0.01 * bias, g1 = -0.01 * scale, h00 = 0.01, h01 = 0, h11 = 0.01;
            foreach (var (evidence, label, weight) in rows)
            {
                var x = Mix(evidence);
                var p = 1 / (1 + Math.Exp(-(bias + (scale * x))));
                var (error, curve) = (weight * ((label ? 1 : 0) - p), weight * p * (1 - p));
                (g0, g1) = (g0 + error, g1 + (error * x));
                (h00, h01, h11) = (h00 + curve, h01 + (curve * x), h11 + (curve * x * x));
            }

            var determinant = (h00 * h11) - (h01 * h01);
            bias += Math.Clamp(((h11 * g0) - (h01 * g1)) / determinant, -2, 2);
            scale = Math.Max(0.05, scale + Math.Clamp(((h00 * g1) - (h01 * g0)) / determinant, -0.5, 0.5));
        }

        return new Blend(bias, scale * PostShare, scale * SentenceShare, scale * NetworkShare, scale * EncoderShare);
    }

    private static double Mix(in Evidence evidence) => Cheap(evidence) + (EncoderShare * evidence.Encoder);
}
