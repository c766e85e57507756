namespace ThreatWatch.Platform.Hosting;

/// <summary>Collects everything that is wrong with a configuration, each with its path, so that one look mends it all.</summary>
public sealed class Problems
{
    private readonly List<Problem> _all;
    private readonly string _path;

    public Problems()
        : this([], "")
    {
    }

    private Problems(List<Problem> all, string path)
    {
        _all = all;
        _path = path;
    }

    public IReadOnlyList<Problem> All => _all;

    /// <summary>The same collection, seen from a place further in: At("schools", 2) gives "district.schools[2]".</summary>
    public Problems At(string name) => name.Length == 0 ? this : new(_all, _path.Length == 0 ? name : $"{_path}.{name}");

    public Problems At(string name, int index) => new(_all, $"{(name.Length == 0 ? _path : At(name)._path)}[{index}]");

    /// <summary>Adds a problem at a key of this place; an empty key means the place itself.</summary>
    /// <param name="key">The key, as written in the file.</param>
    /// <param name="message">What is wrong and what would be right.</param>
    public void Add(string key, string message) => _all.Add(new Problem(key.Length == 0 ? _path : At(key)._path, message));
}

/// <summary>One problem of a configuration.</summary>
/// <param name="Path">Where it is, such as "alerting.email.port".</param>
/// <param name="Message">What is wrong and what would be right.</param>
public sealed record Problem(string Path, string Message)
{
    public override string ToString() => Path.Length == 0 ? Message : $"{Path}: {Message}";
}
