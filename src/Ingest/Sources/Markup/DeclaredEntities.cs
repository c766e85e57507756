using System.Text;

namespace ThreatWatch.Ingest.Sources.Markup;

/// <summary>
/// The general entities that a document's own DOCTYPE declares, expanded within one budget for the whole document, so
/// that a "billion laughs" stays small; external and parameter entities are never resolved.
/// </summary>
public sealed class DeclaredEntities
{
    private const int MostEntities = 1000;
    private const int LongestValue = 4096;
    private const int DeepestNesting = 8;

    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private int _budget = 64 * 1024;
    private int _depth;

    /// <summary>Reads the internal subset of a DOCTYPE declaration.</summary>
    public static DeclaredEntities? Read(ReadOnlySpan<char> doctype)
    {
        DeclaredEntities? entities = null;
        while (true)
        {
            var offset = doctype.IndexOf("<!ENTITY", StringComparison.Ordinal);
            if (offset < 0)
                return entities;
            doctype = doctype[(offset + 8)..].TrimStart();
            var end = doctype.IndexOfAny(" \t\r\n>");
            if (end <= 0 || doctype[0] == '%')
                continue;
            var name = doctype[..end];
            doctype = doctype[end..].TrimStart();
            if (doctype.Length == 0 || doctype[0] is not ('"' or '\''))
                continue;
            var close = doctype[1..].IndexOf(doctype[0]);
            if (close < 0)
                return entities;
            entities ??= new DeclaredEntities();
            if (name.Length <= 32 && close <= LongestValue && entities._values.Count < MostEntities)
                entities._values.TryAdd(name.ToString(), doctype.Slice(1, close).ToString());
            doctype = doctype[(close + 2)..];
        }
    }

    /// <summary>Appends the value of an entity; false when it is not declared. Past the budget it stands for nothing.</summary>
    public bool TryAppend(StringBuilder result, ReadOnlySpan<char> name)
    {
        if (!_values.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out var value))
            return false;
        if (_budget <= 0 || _depth >= DeepestNesting)
            return true;
        _budget -= value.Length + 1;
        _depth++;
        CharacterReferences.Append(result, value, this);
        _depth--;
        return true;
    }
}
