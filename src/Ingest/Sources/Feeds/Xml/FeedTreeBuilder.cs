using System.Runtime.InteropServices;
using ThreatWatch.Ingest.Sources.Markup;

namespace ThreatWatch.Ingest.Sources.Feeds.Xml;

/// <summary>
/// Builds the element tree of a feed from markup in any state: an end tag closes everything up to its start tag, one
/// without a start tag is ignored, and what is open at the end is closed there. Costs are linear in the document.
/// </summary>
public sealed class FeedTreeBuilder
{
    private const int DeepestNode = 64;
    private const int MostNodes = 400_000;
    private const int MostAttributes = 24;
    private const int MostNamespaces = 200;
    private const int LongestName = 256;
    private const int MostNames = 5000;

    private readonly string _source;
    private readonly List<Open> _open = [];
    private readonly List<Declaration> _declarations = [];
    private readonly Dictionary<string, int> _ids = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _localNames = [];
    private readonly List<int> _openCounts = [];
    private readonly List<KeyValuePair<string, string>> _attributes = [];
    private readonly FeedNode _document;
    private DeclaredEntities? _entities;
    private int _nodes;

    private FeedTreeBuilder(string source, string? baseUrl)
    {
        _source = source;
        _document = new FeedNode("", FeedNamespace.Other, baseUrl, 0) { InnerEnd = source.Length };
        IdOf("?");
    }

    private readonly record struct Open(int Id, FeedNode? Node, int Declarations);

    private readonly record struct Declaration(string Prefix, FeedNamespace Vocabulary);

    public static FeedTree Build(string source, string? baseUrl)
    {
        var builder = new FeedTreeBuilder(source, baseUrl);
        builder.Run();
        return new FeedTree(source, builder._document, builder._entities);
    }

    private void Run()
    {
        var tokens = new MarkupTokenizer(_source, isXml: true);
        while (tokens.Read())
        {
            switch (tokens.Kind)
            {
                case MarkupKind.StartTag when tokens.Content.Length <= LongestName:
                    Start(ref tokens);
                    break;
                case MarkupKind.EndTag when tokens.Content.Length <= LongestName:
                    Finish(tokens.Content, tokens.Start);
                    break;
                case MarkupKind.Doctype:
                    _entities ??= DeclaredEntities.Read(tokens.Content);
                    break;
            }
        }
        CloseDownTo(0, _source.Length);
    }

    private void Start(ref MarkupTokenizer tokens)
    {
        var id = IdOf(tokens.Content);
        // An item that opens right inside another means that the one before was never closed.
        if (_open.Count > 0 && _open[^1].Id == id && _open[^1].Node is { Name: "item" or "entry" })
            CloseDownTo(_open.Count - 1, tokens.Start);
        var parent = _open.Count == 0 ? _document : _open[^1].Node;
        var declarations = _declarations.Count;
        FeedNode? node = null;
        if (parent is not null)
        {
            parent.HasElements = true;
            if (!HoldsText(parent) && _open.Count < DeepestNode && _nodes++ < MostNodes)
            {
                node = Create(ref tokens, parent, id);
                parent.Add(node);
            }
        }
        if (tokens.IsSelfClosing)
        {
            _declarations.RemoveRange(declarations, _declarations.Count - declarations);
            return;
        }
        _open.Add(new Open(id, node, declarations));
        CollectionsMarshal.AsSpan(_openCounts)[id]++;
    }

    private FeedNode Create(ref MarkupTokenizer tokens, FeedNode parent, int id)
    {
        _attributes.Clear();
        var baseUrl = parent.BaseUrl;
        if (tokens.Attributes.Length > 0)
        {
            var attributes = new MarkupAttributes(tokens.Attributes);
            while (attributes.Read())
            {
                var name = attributes.Name;
                if (name.StartsWith("xmlns", StringComparison.OrdinalIgnoreCase) && (name.Length == 5 || name[5] == ':'))
                    Declare(name.Length == 5 ? default : name[6..], attributes.Value);
                else if (name.Equals("xml:base", StringComparison.OrdinalIgnoreCase))
                    baseUrl = UrlResolver.ResolveBase(baseUrl, CharacterReferences.Decode(attributes.Value, _entities));
                else if (_attributes.Count < MostAttributes && name.Length <= LongestName)
                    _attributes.Add(new(LocalName(name), CharacterReferences.Decode(attributes.Value, _entities)));
            }
        }
        var colon = tokens.Content.IndexOf(':');
        var vocabulary = VocabularyOf(colon < 0 ? default : tokens.Content[..colon]);
        return new FeedNode(_localNames[id], vocabulary, baseUrl, tokens.End)
        {
            Attributes = _attributes.Count == 0 ? null : [.. _attributes],
        };
    }

    private void Finish(ReadOnlySpan<char> name, int at)
    {
        // The counts tell an end tag without a start tag at once; else a deep document of strays would cost its square.
        if (!_ids.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out var id))
            id = _ids["?"];
        if (_openCounts[id] == 0)
            return;
        var depth = _open.Count - 1;
        while (_open[depth].Id != id)
            depth--;
        CloseDownTo(depth, at);
    }

    private void CloseDownTo(int depth, int at)
    {
        for (var index = _open.Count - 1; index >= depth; index--)
        {
            var open = _open[index];
            if (open.Node is { } node)
                node.InnerEnd = Math.Max(node.InnerStart, at);
            CollectionsMarshal.AsSpan(_openCounts)[open.Id]--;
            _declarations.RemoveRange(open.Declarations, _declarations.Count - open.Declarations);
        }
        _open.RemoveRange(depth, _open.Count - depth);
    }

    private void Declare(ReadOnlySpan<char> prefix, ReadOnlySpan<char> uri)
    {
        if (_declarations.Count < MostNamespaces)
            _declarations.Add(new(prefix.ToString(), FeedNamespaces.FromUri(uri, prefix.Length == 0 && _open.Count == 0)));
    }

    private FeedNamespace VocabularyOf(ReadOnlySpan<char> prefix)
    {
        for (var index = _declarations.Count - 1; index >= 0; index--)
        {
            if (prefix.Equals(_declarations[index].Prefix, StringComparison.OrdinalIgnoreCase))
                return _declarations[index].Vocabulary;
        }
        return prefix.Length == 0 ? FeedNamespace.Core : FeedNamespaces.FromPrefix(prefix);
    }

    private int IdOf(ReadOnlySpan<char> name)
    {
        var lookup = _ids.GetAlternateLookup<ReadOnlySpan<char>>();
        if (lookup.TryGetValue(name, out var id))
            return id;
        // A document of endless made-up names has them share one, lest each cost memory.
        if (_localNames.Count >= MostNames)
            return lookup["?"];
        id = _localNames.Count;
        lookup[name] = id;
        _localNames.Add(LocalName(name));
        _openCounts.Add(0);
        return id;
    }

    private static string LocalName(ReadOnlySpan<char> name) => name[(name.IndexOf(':') + 1)..].ToString().ToLowerInvariant();

    // Inside these everything is somebody's text, however it is marked up, so no element there may be taken for the feed's own.
    private static bool HoldsText(FeedNode node) => node.Name switch
    {
        "title" or "description" or "summary" or "encoded" or "tagline" or "subtitle" or "rights" or "copyright" or "abstract" or "body" or "fullitem" => true,
        "content" => node.Vocabulary is FeedNamespace.Atom or FeedNamespace.Core,
        "div" => node.Vocabulary is FeedNamespace.Xhtml,
        _ => false,
    };
}
