namespace ThreatWatch.Core;

/// <summary>
/// What helps people to judge a post that a machine pointed at: the meaning of its level in the FBI's terms, and the questions that come
/// next. It holds for every district; what to do is the district's own <see cref="ResponseText"/>.
/// </summary>
public static class AssessmentHelp
{
    // After the Virginia model (Comprehensive School Threat Assessment Guidelines, CSTAG): what was meant, is it transient or substantive, and how serious.
    private static readonly IReadOnlyList<string> OfThreat =
    [
        "What was said in full, where, to whom, in answer to what? Read the whole thread, not the marked words.",
        "Is it a threat at all: intent to harm somebody, or a figure of speech, a joke, a quote, a lyric, a game, news?",
        "Who is meant, and do they know? Was anybody told to stay away or to watch?",
        "Is there a plan: place, time, way? A step taken, a weapon within reach, helpers, an audience?",
        "Transient: does an explanation, and an apology, end it? Then resolve it and write it down.",
        "Substantive: does the intent last, or can't you tell? Then protect, warn those who are meant, and call the team.",
    ];

    private static readonly IReadOnlyList<string> OfSelfHarm =
    [
        "Does it speak of a wish to be dead, or of a plan: way, time, place?",
        "Are the means within reach? Is it a farewell, or are things given away?",
        "Who can be with the person now? Who has their trust at school and at home?",
        "Or is it a figure of speech, a lyric, a memory, worry about somebody else?",
    ];

    /// <summary>
    /// What a level means, after the FBI's three levels of threat (O'Toole, The School Shooter, 2000): low, medium and high by how direct,
    /// specific and plausible the words are.
    /// </summary>
    public static string Meaning(RiskLevel level, Category category) => (category, level) switch
    {
        (Category.SelfHarm, >= RiskLevel.Critical) => "The words tell of a wish to die with a way or a time at hand: somebody may be in danger now.",
        (Category.SelfHarm, >= RiskLevel.High) => "The words tell of a wish to die or to hurt oneself, plainly and as meant.",
        (Category.SelfHarm, _) => "The words tell of distress; they are vague or may be a figure of speech.",
        (_, >= RiskLevel.Critical) => "FBI high level, with means and time near at hand: direct, specific, plausible, and soon. It appears to pose an imminent and serious danger.",
        (_, RiskLevel.High) => "FBI high level: direct, specific and plausible, or so near it that you must judge what is lacking. It may pose a serious danger to others; look for concrete steps towards it.",
        (_, RiskLevel.Elevated) => "FBI medium level: could be carried out, though it may not appear wholly realistic; more direct and concrete than a low one, with a hint of place or time at most.",
        _ => "FBI low level: vague and indirect, implausible or without detail; it poses a minimal risk.",
    };

    /// <summary>The questions to ask next, in order.</summary>
    public static IReadOnlyList<string> Questions(Category category) => category == Category.SelfHarm ? OfSelfHarm : OfThreat;
}

/// <summary>The district's own lines on what to do at a level; they may hold the words of its Standard Response Protocol. Ours stand in where it has none.</summary>
public delegate IReadOnlyList<string> ResponseText(Category category, RiskLevel level);
