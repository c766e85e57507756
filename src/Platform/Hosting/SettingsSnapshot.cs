using System.Text.Json;

namespace ThreatWatch.Platform.Hosting;

/// <summary>A whole configuration at one moment: immutable, valid, passed on as one.</summary>
public sealed class SettingsSnapshot
{
    private readonly Dictionary<Type, object> _sections;

    private SettingsSnapshot(string file, Dictionary<Type, object> sections)
    {
        File = file;
        _sections = sections;
    }

    /// <summary>The file it was read from, absolute.</summary>
    public string File { get; }

    /// <summary>What relative paths of the configuration are relative to.</summary>
    public string Folder => Path.GetDirectoryName(File)!;

    public T Get<T>() => (T)_sections[typeof(T)];

    internal object Get(Type type) => _sections[type];

    /// <summary>A snapshot made in code, for tests and tools; sections not given have their defaults.</summary>
    public static SettingsSnapshot Of(string file, IEnumerable<SettingsSection> sections, params object[] values)
    {
        var map = sections.ToDictionary(section => section.Type, section => section.Default);
        foreach (var value in values)
            map[map.Keys.Single(type => type.IsInstanceOfType(value))] = value;
        return new SettingsSnapshot(System.IO.Path.GetFullPath(file), map);
    }

    /// <summary>Reads and validates a file; null with problems where anything is wrong.</summary>
    public static (SettingsSnapshot? Snapshot, IReadOnlyList<Problem> Problems) Load(string file, IReadOnlyList<SettingsSection> sections)
    {
        file = System.IO.Path.GetFullPath(file);
        string text;
        try
        {
            text = System.IO.File.ReadAllText(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return (null, [new Problem("", $"{file} can't be read: {exception.Message}")]);
        }

        return Parse(file, text, sections);
    }

    /// <summary>The same for a text that is at hand; <paramref name="file"/> only says what paths are relative to.</summary>
    public static (SettingsSnapshot? Snapshot, IReadOnlyList<Problem> Problems) Parse(
        string file, string text, IReadOnlyList<SettingsSection> sections)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(text, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        }
        catch (JsonException exception)
        {
            return (null, [new Problem($"line {exception.LineNumber + 1}, column {exception.BytePositionInLine + 1}", $"is not JSON: {Brief(exception.Message)}")]);
        }

        using (document)
        {
            var problems = new Problems();
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return (null, [new Problem("", "the file must hold one object in { }")]);
            var map = sections.ToDictionary(section => section.Type, section => section.Default);
            foreach (var member in document.RootElement.EnumerateObject())
            {
                if (member.Name == "$schema")
                    continue;
                if (sections.FirstOrDefault(candidate => candidate.Key == member.Name) is not { } section)
                    problems.Add(member.Name, SettingsBinder.Unknown(member.Name, sections.Select(candidate => candidate.Key)));
                else if (SettingsBinder.Bind(member.Value, section.Type, problems.At(member.Name)) is { } value)
                    map[section.Type] = value;
            }

            var snapshot = new SettingsSnapshot(file, map);
            foreach (var section in sections)
                section.Validate(snapshot.Get(section.Type), snapshot, problems.At(section.Key));
            return (problems.All.Count == 0 ? snapshot : null, problems.All);
        }
    }

    private static string Brief(string message) => message.Split(" LineNumber:")[0].TrimEnd('.');
}
