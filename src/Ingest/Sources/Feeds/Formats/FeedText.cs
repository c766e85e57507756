using System.Text;
using ThreatWatch.Ingest.Sources.Feeds.Xml;
using ThreatWatch.Ingest.Sources.Markup;

namespace ThreatWatch.Ingest.Sources.Feeds.Formats;

/// <summary>How the contents of a text element are to be read.</summary>
public enum FeedTextKind
{
    /// <summary>Not declared: markup if it looks like it.</summary>
    Guess,
    Plain,
    Html,
    Inline,
    Base64Html,
    Base64Plain,
}

/// <summary>Gives the plain text of a title, summary or body, by whatever means it was put into the document.</summary>
public static class FeedText
{
    /// <summary>The element's characters: references decoded, CDATA as it is, tags left out.</summary>
    public static string Raw(FeedTree tree, FeedNode node)
    {
        var inner = tree.Inner(node);
        if (inner.IndexOf('<') < 0)
            return CharacterReferences.Decode(inner, tree.Entities);
        var text = new StringBuilder(inner.Length);
        var tokens = new MarkupTokenizer(inner, isXml: true);
        while (tokens.Read())
        {
            if (tokens.Kind == MarkupKind.Text)
                CharacterReferences.Append(text, tokens.Content, tree.Entities);
            else if (tokens.Kind == MarkupKind.CharacterData)
                text.Append(tokens.Content);
        }
        return text.ToString();
    }

    /// <summary>An element's characters without white space around them; null when there are none.</summary>
    public static string? Value(FeedTree tree, FeedNode? node)
    {
        if (node is null)
            return null;
        var value = Raw(tree, node).Trim();
        return value.Length == 0 ? null : value;
    }

    public static string Read(FeedTree tree, FeedNode node, FeedTextKind kind = FeedTextKind.Guess)
    {
        if (kind is FeedTextKind.Base64Html or FeedTextKind.Base64Plain && FromBase64(Raw(tree, node)) is { } decoded)
            return kind == FeedTextKind.Base64Html ? HtmlText.FromHtml(decoded) : decoded.Trim();
        if (kind == FeedTextKind.Inline || node.HasElements)
        {
            var inline = HtmlText.FromInlineMarkup(tree.Inner(node), tree.Entities);
            return kind == FeedTextKind.Inline ? inline : FromGuess(inline);
        }
        var value = Raw(tree, node);
        return kind switch
        {
            FeedTextKind.Html or FeedTextKind.Base64Html => HtmlText.FromHtml(value),
            FeedTextKind.Guess => FromGuess(value),
            _ => value.Trim(),
        };
    }

    /// <summary>Text of an undeclared kind: decoded once more if it holds tags or references, since titles are so often escaped twice.</summary>
    public static string FromGuess(string value)
    {
        var isMarkup = value.Contains('<', StringComparison.Ordinal) && HtmlText.LooksLikeMarkup(value);
        return isMarkup || CharacterReferences.HasReference(value) ? HtmlText.FromHtml(value) : value.Trim();
    }

    private static string? FromBase64(string value)
    {
        var bytes = new byte[(value.Length * 3 / 4) + 3];
        return Convert.TryFromBase64String(value, bytes, out var length) && length > 0 ? Encoding.UTF8.GetString(bytes, 0, length) : null;
    }
}
