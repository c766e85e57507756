namespace ThreatWatch.Classifier.Model;

/// <summary>The families of features; each is scaled by its own count, so that a family of many features does not drown one of few.</summary>
internal enum FeatureGroup : byte
{
    Words,
    Letters,
    Anatomy,
    Whole,
}

/// <summary>One observed feature: its hashed bucket and the tokens that it was seen on, so that its weight can be explained.</summary>
internal readonly record struct Feature(int Bucket, FeatureGroup Group, ushort Sentence, ushort First, ushort Last);
