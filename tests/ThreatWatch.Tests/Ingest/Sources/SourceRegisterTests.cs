using ThreatWatch.Ingest.Sources;

namespace ThreatWatch.Tests.Ingest.Sources;

public sealed class SourceRegisterTests
{
    [Fact]
    public void The_table_shows_each_permission_and_warns_of_overdue_reviews()
    {
        var output = new StringWriter();
        SourceRegister.Print(
            [SomeSource.Open with { Name = "Town news", Url = new Uri("https://news.example/feed") }, SomeSource.BoundTo("cedar") with { ReviewedOn = new DateOnly(2024, 1, 1) }],
            new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero),
            output);
        var lines = output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(5, lines.Length);
        Assert.Matches("^Town news +Feed +news.example +those it names +published for machines +terms of 2026 +2026-09-01 +2027-09-01 +30 days$", lines[2]);
        Assert.Contains("2024-12-31 OVERDUE", lines[3], StringComparison.Ordinal);
        Assert.Equal("Warning: the permission of bound was due for a review on 2024-12-31", lines[4]);
    }
}
