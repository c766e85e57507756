namespace ThreatWatch.Classifier.Model;

/// <summary>
/// Draws together what linear weights say of two posts that mean the same: changes the weights as little as possible so that as little
/// difference as possible is left, by the least squares of both.
/// </summary>
internal static class LinearTwins
{
    /// <summary>What a difference costs beside a change of the weights.</summary>
    private const float Pull = 0.3f;
    private const int Rounds = 20;

    /// <summary>One pair after the other in the dual (after Hsieh 2008, ICML), in the order given: the same numbers each time.</summary>
    public static void DrawTogether(float[] weights, IReadOnlyList<(SparseVector One, SparseVector Other)> twins)
    {
        var pulls = new float[twins.Count];
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < twins.Count; i++)
            {
                var (one, other) = twins[i];
                var step = (Dot(weights, one) - Dot(weights, other) - (pulls[i] / Pull)) / ((float)SquareOf(one, other) + (1 / Pull));
                pulls[i] += step;
                Add(weights, one, -step);
                Add(weights, other, step);
            }
        }
    }

    private static float Dot(float[] weights, SparseVector post)
    {
        double sum = 0;
        for (var i = 0; i < post.Buckets.Length; i++)
            sum += weights[post.Buckets[i]] * post.Values[i];
        return (float)sum;
    }

    private static void Add(float[] weights, SparseVector post, float factor)
    {
        for (var i = 0; i < post.Buckets.Length; i++)
            weights[post.Buckets[i]] += factor * post.Values[i];
    }

    /// <summary>The squared distance of two posts.</summary>
    private static double SquareOf(SparseVector one, SparseVector other)
    {
        double sum = 0;
        int i = 0, j = 0;
        while (i < one.Buckets.Length || j < other.Buckets.Length)
        {
            var (left, right) = (i < one.Buckets.Length ? one.Buckets[i] : int.MaxValue, j < other.Buckets.Length ? other.Buckets[j] : int.MaxValue);
            var apart = (left <= right ? one.Values[i++] : 0) - (right <= left ? other.Values[j++] : 0);
            sum += apart * apart;
        }

        return sum;
    }
}
