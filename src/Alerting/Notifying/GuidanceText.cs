using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Alerting.Notifying;

/// <summary>The district's own words on what to do next; they may name its Standard Response Protocol. The system never triggers one.</summary>
public sealed record GuidanceText
{
    public Category Category { get; init; }

    /// <summary>From this level on; the text with the highest level that fits is taken.</summary>
    public RiskLevel Level { get; init; } = RiskLevel.High;

    /// <summary>One short step a line.</summary>
    public IReadOnlyList<string> Lines { get; init; } = [];

    // After the joint guidance of CISA and FBI on anonymous threats, and NTAC's on self-harm.
    private static readonly IReadOnlyList<GuidanceText> Ours =
    [
        new()
        {
            Category = Category.Threat,
            Lines =
            [
                "Open the post and save a screenshot. Do not repost or reply to it.",
                "Treat it as credible until you have assessed it: how direct, how specific, how plausible?",
                "Call the school's administrator and start the district's threat assessment.",
                "In immediate danger: 911 first.",
            ],
        },
        new()
        {
            Category = Category.Threat,
            Level = RiskLevel.Critical,
            Lines =
            [
                "Call the school's administrator and dispatch now: means and time are named.",
                "The school decides on Hold, Secure, Lockdown, Evacuate or Shelter; this system triggers none.",
                "Save a screenshot. Do not repost or reply.",
            ],
        },
        new()
        {
            Category = Category.SelfHarm,
            Lines =
            [
                "Reach the person or those close to them today; do not leave it until tomorrow.",
                "Crisis line, all day: call or text 988 (Suicide and Crisis Lifeline, US).",
                "In immediate danger: 911. Police are not the default answer to self-harm.",
                "Do not reply to the post in public.",
            ],
        },
    ];

    /// <summary>The lines for an alert: the district's where it has some, else ours.</summary>
    public static IReadOnlyList<string> For(IReadOnlyList<GuidanceText> own, Category category, RiskLevel level) =>
        (Best(own, category, level) ?? Best(Ours, category, level))?.Lines ?? [];

    internal static void Validate(IReadOnlyList<GuidanceText> texts, Problems problems)
    {
        for (var i = 0; i < texts.Count; i++)
        {
            if (texts[i].Lines.Count == 0 || texts[i].Lines.Any(string.IsNullOrWhiteSpace))
                problems.At("guidance", i).Add("lines", "at least one line is needed, and none may be empty");
        }
    }

    private static GuidanceText? Best(IEnumerable<GuidanceText> texts, Category category, RiskLevel level) =>
        texts.Where(text => text.Category == category && text.Level <= level).MaxBy(text => text.Level);
}
