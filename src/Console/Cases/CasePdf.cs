using System.Globalization;
using PdfSharp.Pdf;
using ThreatWatch.Console.Alerts;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Console.Cases;

/// <summary>A case for paper: for the district's file, a meeting of the assessment team, a partner. The same facts as the JSON, in the order in which people ask.</summary>
public sealed class CasePdf(Settings settings)
{
    // Nobody reads more on paper; the JSON has them all.
    private const int MostPosts = 50;

    private readonly Lazy<PdfFonts> _fonts = new(() => new PdfFonts());

    public void Write(CaseFile file, Stream stream) => Write(file, stream, _fonts.Value);

    internal void Write(CaseFile file, Stream stream, PdfFonts fonts)
    {
        using var document = new PdfDocument();
        var (alert, clock) = (file.Alert, new Clock(settings.Get<District>()));
        document.Info.Title = $"Alert {alert.Id}";
        document.Info.Author = file.District;
        document.Info.Creator = "ThreatWatch";
        document.Info.CreationDate = file.ExportedAt.UtcDateTime;
        document.Language = "en";
        // The library is not made for several threads at the same fonts.
        lock (fonts)
        {
            using (var sheet = new PdfSheet(document, fonts, $"Alert {alert.Id} · {file.District} · taken out {clock.At(file.ExportedAt)} by {file.ExportedBy} · confidential"))
            {
                Head(sheet, file, clock);
                Posts(sheet, file, clock);
                CaseTables.Chain(sheet, file, clock);
                CaseTables.Outcome(sheet, file, clock);
                CaseTables.Shares(sheet, file, clock);
                CaseTables.Audit(sheet, file, clock);
            }

            document.Save(stream, closeStream: false);
        }
    }

    private static void Head(PdfSheet sheet, CaseFile file, Clock clock)
    {
        var alert = file.Alert;
        sheet.Title($"{(alert.IsDrill ? "DRILL - " : "")}{alert.Level} {(alert.Category == Category.SelfHarm ? "self-harm risk" : "threat")} - {file.School}");
        sheet.Text($"Alert {alert.Id} of {file.District}", 11);
        Fact("Raised", clock.At(alert.OpenedAt));
        Fact("Posts", $"{alert.PostCount}, by {Some(alert.AuthorCount, "author")} in {Some(alert.SourceCount, "source")}; the last {clock.At(alert.LastPostAt)}");
        Fact("Acknowledged", alert.AcknowledgedAt is { } at ? $"{clock.At(at)} by {clock.Name(alert.AcknowledgedBy)}, via {alert.AcknowledgedVia}" : "by nobody so far");
        Fact("Closed", alert.ClosedAt is { } closed ? $"{clock.At(closed)}{(alert.Disposition is { } disposition ? $" as {disposition}" : "")}" : "no");
        Fact("Times", $"of {clock.Zone}");
        sheet.Text("A rule and a model pointed at these public posts; they know words and nobody. What the words meant is for people to judge.", isQuiet: true);

        static string Some(int count, string thing) => $"{Math.Max(count, 1)} {thing}{(count > 1 ? "s" : "")}";

        void Fact(string label, string value) => sheet.Row([(label, 1), (value, 5)], 9.5);
    }

    private static void Posts(PdfSheet sheet, CaseFile file, Clock clock)
    {
        sheet.Heading("The posts");
        var judged = file.Assessments.ToDictionary(assessment => assessment.PostId);
        foreach (var post in file.Posts.Take(MostPosts))
        {
            sheet.Text($"{(post.Author is { Length: > 0 } author ? $"{author}, " : "")}{clock.At(post.PublishedAt)}, from {post.SourceId}{(post.Revision > 1 ? $", edited, revision {post.Revision}" : "")}", isBold: true);
            if (post.Text is not null)
                sheet.Quote(post.FullText);
            else
                sheet.Text(post.RetractedAt is { } at ? $"Taken back by its author {clock.At(at)}; the text is gone everywhere." : "The text is not in this file.");
            if (post.Url is { Length: > 0 } url)
                sheet.Text(url, 8.5);
            if (post.Text is not null && file.GoneSince.TryGetValue(post.Id, out var gone))
                sheet.Text($"Gone from its address since {clock.At(gone)}: deleted, moved or hidden.");
            if (IsRightToLeft(post.FullText))
                sheet.Text("Written from right to left: shown here sign by sign from the left. The JSON of this case has it as it was.", 8.5, isQuiet: true);
            sheet.Text($"In scope: {string.Join("; ", post.Schools.Select(match => match.Why).Distinct())}. Stored {clock.At(post.IngestedAt)}.", 8.5);
            if (judged.TryGetValue(post.Id, out var assessment))
                Judged(sheet, assessment, clock);
        }

        if (file.Posts.Count > MostPosts)
            sheet.Text($"and {file.Posts.Count - MostPosts} more posts of the same text, in the JSON of this case");
    }

    private static void Judged(PdfSheet sheet, Assessment judged, Clock clock)
    {
        sheet.Text(string.Create(
            CultureInfo.InvariantCulture,
            $"Judged {judged.Level} {clock.At(judged.AssessedAt)}: threat {judged.Threat:0.00}, self-harm {judged.SelfHarm:0.00}; model {judged.ModelVersion}, rules {judged.RulesVersion}"), 8.5);
        foreach (var reason in judged.Reasons.Take(16))
            sheet.Row([($"{reason.Kind.ToString().ToLowerInvariant()}", 1), (reason.Text, 7)], indent: 12);
        sheet.Text("", 4);
    }

    private static bool IsRightToLeft(string text) => text.Any(c => c is >= '\u0590' and <= '\u08FF' or >= '\uFB1D' and <= '\uFDFF' or >= '\uFE70' and <= '\uFEFC');

    /// <summary>Instants and people as the district knows them.</summary>
    internal sealed class Clock(District district)
    {
        private readonly TimeZoneInfo _zone = TimeZoneInfo.TryFindSystemTimeZoneById(district.TimeZone, out var found) ? found : TimeZoneInfo.Utc;

        public string Zone => _zone.Id;

        public string At(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, _zone).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

        public string Name(string? id) => AlertListPage.Name(id, district);
    }
}
