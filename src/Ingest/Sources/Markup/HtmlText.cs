using System.Text;

namespace ThreatWatch.Ingest.Sources.Markup;

/// <summary>
/// Turns HTML into the text that a reader of the page would see: breaks where blocks are, nothing from scripts and
/// styles, hidden and zero-width characters kept, since the classifier must see what was hidden.
/// </summary>
public static class HtmlText
{
    /// <summary>Whether text without a declared type is in truth markup: it has a tag or a comment.</summary>
    public static bool LooksLikeMarkup(ReadOnlySpan<char> text)
    {
        for (var offset = text.IndexOf('<'); offset >= 0 && offset + 1 < text.Length; offset = text.IndexOf('<'))
        {
            text = text[(offset + 1)..];
            if (text.StartsWith("!--", StringComparison.Ordinal) || text[0] == '?' || text.StartsWith("!DOCTYPE", StringComparison.OrdinalIgnoreCase))
                return true;
            var name = text[0] == '/' ? text[1..] : text;
            var end = 0;
            while (end < name.Length && char.IsAsciiLetterOrDigit(name[end]))
                end++;
            if (end > 0 && HtmlElements.IsKnown(name[..end]) && (end == name.Length || name[end] is ' ' or '>' or '/' or '\t' or '\r' or '\n'))
                return true;
        }
        return false;
    }

    /// <summary>The text of an HTML fragment or page.</summary>
    public static string FromHtml(ReadOnlySpan<char> html)
    {
        if (html.IndexOfAny('<', '&') < 0 && !NeedsCollapsing(html))
            return html.ToString();
        return Extract(html, isXml: false, entities: null);
    }

    /// <summary>The text of XHTML that stands inside an XML document as elements.</summary>
    public static string FromInlineMarkup(ReadOnlySpan<char> markup, DeclaredEntities? entities) => Extract(markup, isXml: true, entities);

    private static string Extract(ReadOnlySpan<char> source, bool isXml, DeclaredEntities? entities)
    {
        var tokens = new MarkupTokenizer(source, isXml);
        var text = new CollapsingText(source.Length);
        var preDepth = 0;
        while (tokens.Read())
        {
            switch (tokens.Kind)
            {
                case MarkupKind.Text:
                    text.Append(tokens.Content.IndexOf('&') < 0 ? tokens.Content : CharacterReferences.Decode(tokens.Content, entities), preDepth > 0);
                    break;
                case MarkupKind.CharacterData:
                    text.Append(tokens.Content, preDepth > 0);
                    break;
                case MarkupKind.StartTag:
                case MarkupKind.EndTag:
                    var isStart = tokens.Kind == MarkupKind.StartTag;
                    var name = tokens.Content[(tokens.Content.LastIndexOf(':') + 1)..];
                    var role = HtmlElements.RoleOf(name);
                    if (role is HtmlRole.Block or HtmlRole.Preformatted)
                        text.BreakLine();
                    else if (role == HtmlRole.LineBreak)
                        text.ForceLineBreak();
                    else if (role == HtmlRole.Cell)
                        text.Space();
                    else if (role == HtmlRole.Raw && isStart && !tokens.IsSelfClosing)
                        tokens.SkipRawText(name);
                    if (role == HtmlRole.Preformatted)
                        preDepth = Math.Max(0, preDepth + (isStart ? tokens.IsSelfClosing ? 0 : 1 : -1));
                    break;
            }
        }
        return text.ToString();
    }

    private static bool NeedsCollapsing(ReadOnlySpan<char> text)
    {
        if (text.IndexOfAny("\t\r\n\f") >= 0 || text.IndexOf("  ", StringComparison.Ordinal) >= 0)
            return true;
        return text.Length > 0 && (text[0] == ' ' || text[^1] == ' ');
    }

    /// <summary>Text under way: runs of white space become one space or one break, as browsers lay it out.</summary>
    private struct CollapsingText(int capacity)
    {
        private readonly StringBuilder _text = new(Math.Min(capacity, 64 * 1024));
        private char _pending;

        public void Append(ReadOnlySpan<char> piece, bool isPreformatted)
        {
            while (piece.Length > 0)
            {
                var word = piece.IndexOfAny(" \t\r\n\f");
                if (word != 0)
                {
                    Flush();
                    _text.Append(word < 0 ? piece : piece[..word]);
                    if (word < 0)
                        return;
                }
                if (isPreformatted && piece[word] == '\n')
                    ForceLineBreak();
                else
                    Space();
                piece = piece[(word + 1)..];
            }
        }

        public void Space()
        {
            if (_pending == '\0')
                _pending = ' ';
        }

        public void BreakLine() => _pending = '\n';

        public void ForceLineBreak() => _pending = '\n';

        public override readonly string ToString() => _text.ToString();

        private void Flush()
        {
            if (_pending != '\0' && _text.Length > 0)
                _text.Append(_pending);
            _pending = '\0';
        }
    }
}
