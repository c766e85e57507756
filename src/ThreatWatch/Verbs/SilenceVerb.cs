using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Cli.Verbs;

/// <summary>Silences at the command line: each has an end, a reason and a name in the audit, and none holds back Critical unasked.</summary>
internal static class SilenceVerb
{
    private const string AllSchools = "all";
    private static readonly Option<string> By = new("--by") { Description = "who (default: your user name here)", HelpName = "NAME", DefaultValueFactory = _ => Environment.UserName };

    public static Command Create() => new("silence", "hold alerts back for a while, with a reason") { Add(), List(), End() };

    private static Command Add()
    {
        var school = new Option<string>("--school") { Description = "the school's id, \"district\" for posts about no certain school, or \"all\"", Required = true, HelpName = "ID" };
        var category = new Option<Category?>("--category") { Description = "only Threat or only SelfHarm" };
        var until = new Option<string>("--until") { Description = "the end: an instant such as 2026-11-24T16:00 on the district's clock, or how long from now, such as 2h", Required = true, HelpName = "T" };
        var reason = new Option<string>("--reason") { Description = "why, for the audit", Required = true, HelpName = "TEXT" };
        var critical = new Option<bool>("--critical") { Description = "hold back Critical too; without it only High is held back" };
        var command = new Command("add", "begin a silence now; what is still open at its end is told then") { school, category, until, reason, critical, By };
        command.SetAction((parsed, cancellationToken) => AlertsVerb.WithServicesAsync(parsed, services => AddAsync(
            services,
            parsed.GetRequiredValue(school),
            parsed.GetValue(category),
            parsed.GetRequiredValue(until),
            parsed.GetRequiredValue(reason),
            parsed.GetValue(critical),
            parsed.GetRequiredValue(By),
            (System.Console.Out, System.Console.Error),
            cancellationToken), cancellationToken));
        return command;
    }

    private static Command List()
    {
        var json = new Option<bool>("--json") { Description = "NDJSON, a silence a line" };
        var command = new Command("list", "silences that have not ended") { json };
        command.SetAction((parsed, cancellationToken) =>
            AlertsVerb.WithServicesAsync(parsed, services => ListAsync(services, parsed.GetValue(json), System.Console.Out, cancellationToken), cancellationToken));
        return command;
    }

    private static Command End()
    {
        var id = new Argument<string>("ID") { Description = "as shown by list" };
        var command = new Command("end", "end a silence now; alerts that it held back are told at once") { id, By };
        command.SetAction((parsed, cancellationToken) => AlertsVerb.WithServicesAsync(parsed, async services =>
        {
            if (await services.GetRequiredService<SilenceStore>().EndAsync(parsed.GetRequiredValue(id), parsed.GetRequiredValue(By), cancellationToken))
            {
                System.Console.WriteLine($"{parsed.GetValue(id)}: ended");
                return 0;
            }

            await System.Console.Error.WriteLineAsync($"{parsed.GetValue(id)}: there is no such silence, or it has ended");
            return 1;
        }, cancellationToken));
        return command;
    }

    /// <returns>0 with the silence's id on output; 2 where what was asked makes no sense.</returns>
    internal static async Task<int> AddAsync(
        IServiceProvider services,
        string schoolId,
        Category? category,
        string until,
        string reason,
        bool holdsCritical,
        string by,
        (TextWriter Data, TextWriter Problems) output,
        CancellationToken cancellationToken)
    {
        var district = services.GetRequiredService<Settings>().Get<District>();
        var time = services.GetRequiredService<TimeProvider>();
        if (schoolId is not (AllSchools or District.DeskSchoolId) && district.FindSchool(schoolId) is null)
        {
            await output.Problems.WriteLineAsync($"--school: no school has the id \"{schoolId}\"; known: {string.Join(", ", district.Schools.Select(school => school.Id))}, {District.DeskSchoolId}, {AllSchools}");
            return 2;
        }

        var now = time.GetUtcNow();
        if ((Durations.TryParse(until, out var length) ? now + length : RouteVerb.Instant(until, district, time)) is not { } end || end <= now)
        {
            await output.Problems.WriteLineAsync($"--until: \"{until}\" is not an instant to come, such as 2026-11-24T16:00, nor a length such as 2h");
            return 2;
        }

        if (string.IsNullOrWhiteSpace(reason))
        {
            await output.Problems.WriteLineAsync("--reason: a silence needs a reason");
            return 2;
        }

        var silence = new Silence(Ids.New(now), schoolId == AllSchools ? null : schoolId, category, null, holdsCritical, now, end, reason.Trim(), by);
        await services.GetRequiredService<SilenceStore>().AddAsync(silence, cancellationToken);
        await output.Data.WriteLineAsync(Line(silence, district));
        return 0;
    }

    internal static async Task<int> ListAsync(IServiceProvider services, bool asJson, TextWriter output, CancellationToken cancellationToken)
    {
        var district = services.GetRequiredService<Settings>().Get<District>();
        var silences = await services.GetRequiredService<SilenceStore>().ListAsync(cancellationToken);
        if (silences.Count == 0 && !asJson)
            await output.WriteLineAsync("no silences");
        foreach (var silence in silences)
            await output.WriteLineAsync(asJson ? Json.Write(silence) : Line(silence, district));
        return 0;
    }

    private static string Line(Silence silence, District district) =>
        $"{silence.Id}  {(silence.SchoolId is { } school ? district.SchoolName(school) : "all schools")}, {(silence.Category is { } category ? AlertsVerb.Name(category) : "all categories")}, "
        + $"{(silence.HoldsCritical ? "CRITICAL TOO" : "below Critical")}, until {AlertsVerb.Local(silence.UntilAt, district)}, by {silence.MadeBy}: {silence.Reason}";
}
