using ThreatWatch.Classifier.Model.Algebra;

namespace ThreatWatch.Classifier.Model.Encoders;

/// <summary>The sizes of the encoder: those of MiniLM (Wang et al. 2020, arXiv:2002.10957).</summary>
internal static class EncoderShape
{
    /// <summary>Numbers that describe one piece of a word.</summary>
    public const int Width = 384;

    public const int Heads = 12;
    public const int HeadWidth = Width / Heads;
    public const int Inner = 4 * Width;
    public const int Layers = 6;

    /// <summary>Kinds of elements that a piece can be part of.</summary>
    public const int Kinds = 56;

    /// <summary>Pieces read at once, with the marks at both ends; of a longer post the most telling part is read. 48 found no more, in half as much time again.</summary>
    public const int Longest = 32;

    /// <summary>The same in whole panels.</summary>
    public const int Across = (Longest + Panels.Columns - 1) / Panels.Columns * Panels.Columns;

    /// <summary>What the two outputs see: the mean of all pieces and the largest of each number.</summary>
    public const int Pooled = 2 * Width;

    public const int Outputs = 2;

    /// <summary>Layers after which a post that is plainly nothing is let go, each with outputs of its own (deeply supervised: Lee et al. 2014, arXiv:1409.5185).</summary>
    public const int Exits = 3;

    /// <summary>The outputs after each of the first layers, then those after the last.</summary>
    public const int AllOutputs = (Exits + 1) * Outputs;
}
