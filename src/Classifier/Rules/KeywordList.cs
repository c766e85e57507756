using ThreatWatch.Core;

namespace ThreatWatch.Classifier.Rules;

/// <summary>One list of the district's keywords: what it is for and what its entries have in common.</summary>
public sealed record KeywordList
{
    /// <summary>Stands in every reason that an officer reads.</summary>
    public string Name { get; init; } = "";

    public Category Category { get; init; } = Category.Threat;

    /// <summary>"en" or "es": the list counts for posts in that language and in unknown ones; "any": for all.</summary>
    public string Language { get; init; } = "any";

    /// <summary>Why the district has the list; for its next editor.</summary>
    public string? Why { get; init; }

    /// <summary>Weight of entries that give none, in log-odds: 1 makes a post about 2.7 times as likely, -1 as much less. -8 to 8.</summary>
    public double Weight { get; init; } = 1;

    public IReadOnlyList<Keyword> Keywords { get; init; } = [];
}

/// <summary>A word or phrase and the conditions under which it counts. It counts once for a post, however often it stands there.</summary>
public sealed record Keyword
{
    /// <summary>One to eight words, in any case and spelling: read the same way as posts are. A * stands for any letters of one word.</summary>
    public string Term { get; init; } = "";

    /// <summary>Log-odds, as <see cref="KeywordList.Weight"/>; below zero the keyword speaks against a danger.</summary>
    public double? Weight { get; init; }

    /// <summary>False finds the term inside longer words too.</summary>
    public bool WholeWord { get; init; } = true;

    /// <summary>Counts only within <see cref="Within"/> words of one of these.</summary>
    public IReadOnlyList<string> Near { get; init; } = [];

    /// <summary>Does not count within <see cref="Within"/> words of one of these.</summary>
    public IReadOnlyList<string> UnlessNear { get; init; } = [];

    /// <summary>Words, 1 to 100.</summary>
    public int Within { get; init; } = 6;

    /// <summary>The level that a post with this keyword has at least, whatever the model says.</summary>
    public RiskLevel? AtLeast { get; init; }
}

/// <summary>A keyword found in a post.</summary>
/// <param name="List">Name of its list.</param>
/// <param name="Weight">Log-odds, before the district's factor for all keywords.</param>
/// <param name="Start">Offset in the original text, UTF-16 units.</param>
public sealed record RuleHit(Category Category, string List, string Term, double Weight, RiskLevel? AtLeast, int Start, int Length);
