using System.Reflection;

namespace ThreatWatch.Classifier.Text;

/// <summary>Reads the word lists that ship inside the assembly as plain text, so that a reviewer can read and change them.</summary>
internal static class Resources
{
    /// <summary>The lines of a list without comments (from "# " on) and blank lines.</summary>
    public static IEnumerable<string> Lines(string name)
    {
        var assembly = Assembly.GetExecutingAssembly();
        using var stream = assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"The list {name} is missing from the assembly.");
        using var reader = new StreamReader(stream);
        var lines = new List<string>();
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith("# ", StringComparison.Ordinal) || line.AsSpan().Trim().IsEmpty)
                continue;
            lines.Add(line.Trim());
        }

        return lines;
    }
}
