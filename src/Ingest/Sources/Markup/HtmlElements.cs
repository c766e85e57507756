using System.Collections.Frozen;

namespace ThreatWatch.Ingest.Sources.Markup;

/// <summary>What an element does to the text around it.</summary>
public enum HtmlRole
{
    Inline,
    Block,
    LineBreak,
    Cell,
    Preformatted,
    Raw,
}

/// <summary>The HTML elements that matter to text: which break lines, and whose contents no reader ever sees.</summary>
public static class HtmlElements
{
    private const string Blocks =
        "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure footer form " +
        "frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html iframe legend li main menu nav ol optgroup option p section select summary table tbody " +
        "tfoot thead title tr ul";
    private const string Inlines =
        "a abbr acronym applet area audio b base basefont bdi bdo big blink button canvas cite code col colgroup data datalist del dfn em embed " +
        "font frame i img input ins kbd label link map mark marquee meta meter noscript object output param picture progress q rp rt ruby s samp " +
        "small source span strike strong sub sup svg time track tt u var video wbr nobr";
    private const string Raws = "script style template noframes noembed";

    private static readonly FrozenDictionary<string, HtmlRole> Roles = Build();
    private static readonly FrozenDictionary<string, HtmlRole>.AlternateLookup<ReadOnlySpan<char>> Lookup =
        Roles.GetAlternateLookup<ReadOnlySpan<char>>();

    public static bool IsKnown(ReadOnlySpan<char> name) => Lookup.ContainsKey(name);

    public static HtmlRole RoleOf(ReadOnlySpan<char> name) => Lookup.TryGetValue(name, out var role) ? role : HtmlRole.Inline;

    private static FrozenDictionary<string, HtmlRole> Build()
    {
        var roles = new Dictionary<string, HtmlRole>(StringComparer.OrdinalIgnoreCase)
        {
            ["br"] = HtmlRole.LineBreak,
            ["td"] = HtmlRole.Cell,
            ["th"] = HtmlRole.Cell,
            ["pre"] = HtmlRole.Preformatted,
            ["textarea"] = HtmlRole.Preformatted,
        };
        foreach (var name in Blocks.Split(' '))
            roles[name] = HtmlRole.Block;
        foreach (var name in Inlines.Split(' '))
            roles[name] = HtmlRole.Inline;
        foreach (var name in Raws.Split(' '))
            roles[name] = HtmlRole.Raw;
        return roles.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }
}
