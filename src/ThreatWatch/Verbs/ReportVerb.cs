using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using ThreatWatch.Alerting.Reporting;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Cli.Verbs;

/// <summary>A month in figures, for the board and for whoever sets the thresholds.</summary>
internal static class ReportVerb
{
    public static Command Create()
    {
        var month = new Option<string?>("--month") { HelpName = "YYYY-MM", Description = "on the district's clock (default: the last one that is over)" };
        var json = new Option<bool>("--json") { Description = "as one JSON object" };
        var command = new Command("report", "a month's alerts, dispositions, false alarms and times; drills left out") { month, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (ConfigFile.Load(parsed) is not { } settings)
                return 2;
            await using var services = await VerbServices.BuildAsync(settings, cancellationToken);
            return await RunAsync(services, parsed.GetValue(month), parsed.GetValue(json), System.Console.Out, System.Console.Error, cancellationToken);
        });
        return command;
    }

    internal static async Task<int> RunAsync(
        IServiceProvider services, string? month, bool asJson, TextWriter output, TextWriter problems, CancellationToken cancellationToken)
    {
        var district = services.GetRequiredService<Settings>().Get<District>();
        var zone = TimeZoneInfo.TryFindSystemTimeZoneById(district.TimeZone, out var found) ? found : TimeZoneInfo.Utc;
        var first = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(services.GetRequiredService<TimeProvider>().GetUtcNow(), zone).DateTime).AddMonths(-1);
        if (month is not null && !DateOnly.TryParseExact($"{month}-01", "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out first))
        {
            await problems.WriteLineAsync($"--month: \"{month}\" is not a month such as 2026-11");
            return 2;
        }

        var (from, until) = MonthReport.Bounds(first, zone);
        var store = services.GetRequiredService<ReportStore>();
        var report = MonthReport.Of(
            first,
            district,
            await store.RowsAsync(from, until, cancellationToken),
            await store.MessagesAsync(from, until, cancellationToken),
            await services.GetRequiredService<DrillStore>().BetweenAsync(from, until, cancellationToken));
        foreach (var line in asJson ? [Json.Write(report)] : ReportText.Lines(report))
            await output.WriteLineAsync(line);
        return 0;
    }
}
