using ThreatWatch.Classifier.Text;

namespace ThreatWatch.Classifier.Model;

/// <summary>One labelled post: what it is, where it comes from and how much it counts.</summary>
internal sealed record TrainingRow(string Text, string Label, string Family, string Set, string? Pair, bool Corpus, float Weight)
{
    /// <summary>The same in another variety of English, where a hand wrote both: what is said of them must not differ.</summary>
    public string? Twin { get; init; }

    public bool Is(Category category) => Label == (category == Category.Threat ? "threat" : "selfharm");

    /// <summary>A stable number from 0 to 9 by which parts are held back; both halves of a minimal pair and equal texts get the same.</summary>
    public int Part => (int)((PlainHash.Of(Pair is null ? Text : Set + Pair) >> 20) % 10);
}
