namespace ThreatWatch.Classifier.Model.Encoders;

/// <summary>What the encoder reads of a post: the numbers of its pieces, and for each the kinds of elements that it is part of.</summary>
internal readonly record struct PieceRow(ReadOnlyMemory<int> Pieces, ReadOnlyMemory<ulong> Kinds)
{
    public int Count => Pieces.Length;
}
