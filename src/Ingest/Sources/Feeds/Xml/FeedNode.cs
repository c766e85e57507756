namespace ThreatWatch.Ingest.Sources.Feeds.Xml;

/// <summary>An element of a feed document: where its contents stand in the source, and its element children.</summary>
public sealed class FeedNode(string name, FeedNamespace vocabulary, string? baseUrl, int innerStart)
{
    /// <summary>Local name, in lower case.</summary>
    public string Name { get; } = name;

    public FeedNamespace Vocabulary { get; } = vocabulary;

    /// <summary>The address that relative links below start from.</summary>
    public string? BaseUrl { get; } = baseUrl;

    public int InnerStart { get; } = innerStart;

    public int InnerEnd { get; set; } = innerStart;

    /// <summary>Whether there are tags inside.</summary>
    public bool HasElements { get; set; }

    public FeedNode? FirstChild { get; private set; }

    public FeedNode? NextSibling { get; private set; }

    internal KeyValuePair<string, string>[]? Attributes { get; set; }

    private FeedNode? _lastChild;

    public bool Is(FeedNamespace vocabulary, string name) => Vocabulary == vocabulary && Name == name;

    /// <summary>An attribute's value by its local name in lower case.</summary>
    public string? Attribute(string name)
    {
        if (Attributes is null)
            return null;
        foreach (var (key, value) in Attributes)
        {
            if (key == name)
                return value;
        }
        return null;
    }

    internal void Add(FeedNode child)
    {
        if (_lastChild is null)
            FirstChild = child;
        else
            _lastChild.NextSibling = child;
        _lastChild = child;
    }
}
