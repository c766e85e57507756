namespace ThreatWatch.Classifier.Model;

/// <summary>What a model is asked about a post; the order is that of the weights in the model file.</summary>
internal enum Category
{
    Threat,
    SelfHarm,
}
