using System.Globalization;

namespace ThreatWatch.Ingest.Sources;

/// <summary>The list of sources with their permissions as a table that a school board can be shown.</summary>
public static class SourceRegister
{
    /// <summary>One line a source, then the reviews that are overdue.</summary>
    public static void Print(IReadOnlyList<SourceOptions> sources, DateTimeOffset now, TextWriter output)
    {
        string[] head = ["Source", "Type", "Where", "Schools", "Legal basis", "Permission", "Reviewed", "Due again", "Texts kept"];
        var rows = sources.Select(source => new[]
        {
            source.DisplayName,
            source.Type.ToString(),
            source.Url?.Host ?? source.Path ?? "",
            source.Schools.Count == 0 ? "those it names" : string.Join(", ", source.Schools),
            source.LegalBasis,
            source.Permission + (source.Approval.Length > 0 ? $" ({source.Approval})" : ""),
            Day(source.ReviewedOn),
            Day(source.ReviewDueOn) + (source.IsReviewOverdue(now) ? " OVERDUE" : ""),
            string.Create(CultureInfo.InvariantCulture, $"{source.RetentionDays} days"),
        }).Prepend(head).ToList();
        var widths = head.Select((_, column) => rows.Max(row => row[column].Length)).ToList();
        for (var i = 0; i < rows.Count; i++)
        {
            output.WriteLine(string.Join("  ", rows[i].Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
            if (i == 0)
                output.WriteLine(string.Join("  ", widths.Select(width => new string('-', width))));
        }

        foreach (var warning in Warnings(sources, now))
            output.WriteLine("Warning: " + warning);
    }

    /// <summary>Reviews of permissions that are overdue, a sentence each.</summary>
    public static IReadOnlyList<string> Warnings(IReadOnlyList<SourceOptions> sources, DateTimeOffset now) =>
        [.. sources.Where(source => source.IsReviewOverdue(now)).Select(source => $"the permission of {source.DisplayName} was due for a review on {Day(source.ReviewDueOn)}")];

    private static string Day(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "";
}
