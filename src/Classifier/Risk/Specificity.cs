using ThreatWatch.Classifier.Elements;
using ThreatWatch.Core;

namespace ThreatWatch.Classifier.Risk;

/// <summary>
/// The FBI's three questions to a threat (O'Toole, The School Shooter, 2000): is it direct (says what will be done), specific (to whom,
/// and when or where) and plausible (by a means that is named)?
/// </summary>
public readonly record struct Specificity(bool Direct, bool Specific, bool Plausible)
{
    private static readonly ulong Acts = Bits(ElementKind.Act, ElementKind.Shoot, ElementKind.BombAct, ElementKind.Burn, ElementKind.Hurt, ElementKind.Die);
    private static readonly ulong Means = Bits(ElementKind.Gun, ElementKind.Bomb, ElementKind.Blade, ElementKind.Weapon, ElementKind.Shoot, ElementKind.BombAct, ElementKind.Burn);
    private static readonly ulong Weapons = Bits(ElementKind.Gun, ElementKind.Bomb, ElementKind.Blade, ElementKind.Weapon);
    private static readonly ulong Will = Bits(ElementKind.Intent, ElementKind.Coming);
    private static readonly ulong Said = Bits(ElementKind.Warning, ElementKind.HitList);
    private static readonly ulong Whom = Bits(ElementKind.School, ElementKind.People, ElementKind.Staff, ElementKind.You, ElementKind.HitList);
    private static readonly ulong WhenOrWhere = Bits(ElementKind.Time, ElementKind.Place, ElementKind.School);
    private static readonly ulong AgainstOneself = Bits(ElementKind.SelfHarmAct, ElementKind.Farewell);

    public bool IsFull => Direct && Specific && Plausible;

    public bool IsVague => !Direct && !Plausible;

    public static Specificity Of(Category category, IReadOnlyList<Element> elements)
    {
        var seen = elements.Aggregate(0UL, (bits, element) => bits | (1UL << (int)element.Kind));
        if (category == Category.SelfHarm)
        {
            return new Specificity(
                Direct: (seen & AgainstOneself) != 0,
                Specific: (seen & Bits(ElementKind.Time, ElementKind.Place)) != 0,
                Plausible: (seen & (Weapons | Bits(ElementKind.SelfHarmAct))) != 0);
        }

        return new Specificity(
            Direct: ((seen & Will) != 0 && (seen & (Acts | Weapons)) != 0) || (seen & Said) != 0,
            Specific: (seen & Whom) != 0 && (seen & WhenOrWhere) != 0,
            Plausible: (seen & Means) != 0);
    }

    /// <summary>For a sentence: "direct, specific and plausible", "direct", "vague".</summary>
    public string Describe()
    {
        var words = new[] { (Direct, "direct"), (Specific, "specific"), (Plausible, "plausible") }.Where(pair => pair.Item1).Select(pair => pair.Item2).ToList();
        return words.Count switch
        {
            0 => "vague",
            1 => words[0],
            _ => $"{string.Join(", ", words.SkipLast(1))} and {words[^1]}",
        };
    }

    private static ulong Bits(params ElementKind[] kinds) => kinds.Aggregate(0UL, (bits, kind) => bits | (1UL << (int)kind));
}
