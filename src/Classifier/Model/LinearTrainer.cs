using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace ThreatWatch.Classifier.Model;

/// <summary>One post's features as a sparse vector: sorted buckets and their values.</summary>
internal sealed record SparseVector(int[] Buckets, float[] Values)
{
    public static SparseVector From(FeatureReader reader)
    {
        var features = reader.AllFeatures();
        Span<int> counts = stackalloc int[FeatureReader.Groups];
        foreach (var feature in features)
            counts[(int)feature.Group]++;
        var pairs = new (int Bucket, float Value)[features.Length];
        for (var i = 0; i < pairs.Length; i++)
            pairs[i] = (features[i].Bucket, 1 / MathF.Sqrt(counts[(int)features[i].Group]));
        Array.Sort(pairs, static (a, b) => a.Bucket.CompareTo(b.Bucket));
        var used = 0;
        for (var i = 0; i < pairs.Length; i++)
        {
            if (used > 0 && pairs[used - 1].Bucket == pairs[i].Bucket)
                pairs[used - 1].Value += pairs[i].Value;
            else
                pairs[used++] = pairs[i];
        }

        return new SparseVector([.. pairs.Take(used).Select(p => p.Bucket)], [.. pairs.Take(used).Select(p => p.Value)]);
    }
}

/// <summary>Fits ML.NET's logistic regression (SDCA, one thread, fixed seed: the same bytes each time) on our own hashed features.</summary>
internal static class LinearTrainer
{
    public static (float[] Weights, float Bias) Fit(
        IReadOnlyList<(SparseVector Features, bool Label, float Weight)> rows, IReadOnlyList<(SparseVector One, SparseVector Other)> twins, float l2, int iterations)
    {
        var context = new MLContext(seed: 7);
        var schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, FeatureReader.Buckets);
        var data = context.Data.LoadFromEnumerable(
            rows.Select(row => new Row
            {
                Features = new VBuffer<float>(FeatureReader.Buckets, row.Features.Buckets.Length, row.Features.Values, row.Features.Buckets),
                Label = row.Label,
                Weight = row.Weight,
            }),
            schema);
        var trainer = context.BinaryClassification.Trainers.SdcaLogisticRegression(new SdcaLogisticRegressionBinaryTrainer.Options
        {
            LabelColumnName = nameof(Row.Label),
            FeatureColumnName = nameof(Row.Features),
            ExampleWeightColumnName = nameof(Row.Weight),
            L2Regularization = l2,
            L1Regularization = 0,
            NumberOfThreads = 1,
            MaximumNumberOfIterations = iterations,
            ConvergenceTolerance = 0.01f,
            ConvergenceCheckFrequency = iterations,
            Shuffle = true,
        });
        var model = trainer.Fit(data).Model.SubModel;
        float[] weights = [.. model.Weights];
        LinearTwins.DrawTogether(weights, twins);
        return (weights, model.Bias);
    }

    private sealed class Row
    {
        public VBuffer<float> Features { get; set; }

        public bool Label { get; set; }

        public float Weight { get; set; }
    }
}
