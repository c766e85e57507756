using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using ThreatWatch.Alerting.Escalation;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Cli.Verbs;

/// <summary>Asks the router who would be told of an alert, when and by what, before it matters.</summary>
internal static class RouteVerb
{
    public static Command Create()
    {
        var school = new Option<string>("--school") { Description = "the school's id, or \"district\" for no certain school", Required = true };
        var category = new Option<Category>("--category") { Description = "Threat or SelfHarm", DefaultValueFactory = _ => Category.Threat };
        var level = new Option<RiskLevel>("--level") { Description = "High or Critical", DefaultValueFactory = _ => RiskLevel.High };
        var at = new Option<string?>("--at") { Description = "an instant such as 2026-11-24T07:40, on the district's clock (default: now)" };
        var test = new Command("test", "print who would be told, when and by what, if nobody acknowledged") { school, category, level, at };
        test.SetAction((parsed, _) =>
        {
            if (ConfigFile.Load(parsed) is not { } settings)
                return Task.FromResult(2);
            using var services = VerbServices.Create(settings);
            return Task.FromResult(Run(services, parsed.GetRequiredValue(school), parsed.GetValue(category), parsed.GetValue(level), parsed.GetValue(at)));
        });
        return new Command("route", "ask who is told") { test };
    }

    internal static int Run(IServiceProvider services, string schoolId, Category category, RiskLevel level, string? at)
    {
        var district = services.GetRequiredService<Settings>().Get<District>();
        if (schoolId != District.DeskSchoolId && district.FindSchool(schoolId) is null)
        {
            System.Console.Error.WriteLine($"No school has the id \"{schoolId}\"; known: {string.Join(", ", district.Schools.Select(school => school.Id))}, {District.DeskSchoolId}");
            return 2;
        }

        if (Instant(at, district, services.GetRequiredService<TimeProvider>()) is not { } instant)
        {
            System.Console.Error.WriteLine($"--at: \"{at}\" is not an instant such as 2026-11-24T07:40");
            return 2;
        }

        var lines = services.GetRequiredService<RouteTest>().Lines(schoolId, category, level, instant).ToList();
        lines.ForEach(System.Console.Out.WriteLine);
        return lines.Any(line => line.Contains("NOBODY", StringComparison.Ordinal)) ? 1 : 0;
    }

    /// <summary>An instant as people write it, on the district's clock unless it names its offset; now where none is given, null where it is none.</summary>
    internal static DateTimeOffset? Instant(string? text, District district, TimeProvider time)
    {
        if (text is null)
            return time.GetUtcNow();
        if (!DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var parsed))
            return null;
        var zone = TimeZoneInfo.TryFindSystemTimeZoneById(district.TimeZone, out var found) ? found : TimeZoneInfo.Utc;
        return parsed.Kind == DateTimeKind.Unspecified
            ? new DateTimeOffset(parsed, zone.GetUtcOffset(parsed)).ToUniversalTime()
            : new DateTimeOffset(parsed.ToUniversalTime(), TimeSpan.Zero);
    }
}
