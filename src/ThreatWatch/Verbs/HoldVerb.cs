using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using ThreatWatch.Core;
using ThreatWatch.Ingest.Sources;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Cli.Verbs;

/// <summary>Legal holds at the command line: texts within one are kept whatever their days, with a reason and a name in the audit.</summary>
internal static class HoldVerb
{
    private static readonly Option<string> By = new("--by") { Description = "who (default: your user name here)", HelpName = "NAME", DefaultValueFactory = _ => Environment.UserName };

    public static Command Create() => new("hold", "legal holds: keep texts whatever their days") { Add(), List(), End() };

    private static Command Add()
    {
        var source = new Option<string?>("--source") { Description = "only posts of this source", HelpName = "ID" };
        var school = new Option<string?>("--school") { Description = "only posts about this school", HelpName = "ID" };
        var post = new Option<string?>("--post") { Description = "only this post", HelpName = "ID" };
        var until = new Option<string?>("--until") { Description = "the end: an instant such as 2027-06-30T00:00 on the district's clock, or how long from now, such as 90d; without it until it is ended", HelpName = "T" };
        var reason = new Option<string>("--reason") { Description = "why, for the audit: the matter or its number", Required = true, HelpName = "TEXT" };
        var command = new Command("add", "place a hold, on posts stored already and on those to come") { source, school, post, until, reason, By };
        command.SetAction((parsed, cancellationToken) => AlertsVerb.WithServicesAsync(parsed, services => AddAsync(
            services,
            (parsed.GetValue(source), parsed.GetValue(school), parsed.GetValue(post)),
            parsed.GetValue(until),
            parsed.GetRequiredValue(reason),
            parsed.GetRequiredValue(By),
            (System.Console.Out, System.Console.Error),
            cancellationToken), cancellationToken));
        return command;
    }

    private static Command List()
    {
        var json = new Option<bool>("--json") { Description = "NDJSON, a hold a line" };
        var command = new Command("list", "holds in force") { json };
        command.SetAction((parsed, cancellationToken) =>
            AlertsVerb.WithServicesAsync(parsed, services => ListAsync(services, parsed.GetValue(json), System.Console.Out, cancellationToken), cancellationToken));
        return command;
    }

    private static Command End()
    {
        var id = new Argument<string>("ID") { Description = "as shown by list" };
        var command = new Command("end", "end a hold now; texts whose days are over go with the next retention run") { id, By };
        command.SetAction((parsed, cancellationToken) => AlertsVerb.WithServicesAsync(parsed, async services =>
        {
            var isEnded = await services.GetRequiredService<LegalHoldStore>().EndAsync(parsed.GetRequiredValue(id), parsed.GetRequiredValue(By), cancellationToken);
            await (isEnded ? System.Console.Out : System.Console.Error).WriteLineAsync($"{parsed.GetValue(id)}: {(isEnded ? "ended" : "there is no such hold, or it has ended")}");
            return isEnded ? 0 : 1;
        }, cancellationToken));
        return command;
    }

    /// <returns>0 with the hold on output; 2 where what was asked makes no sense.</returns>
    internal static async Task<int> AddAsync(
        IServiceProvider services,
        (string? SourceId, string? SchoolId, string? PostId) scope,
        string? until,
        string reason,
        string by,
        (TextWriter Data, TextWriter Problems) output,
        CancellationToken cancellationToken)
    {
        var (settings, time) = (services.GetRequiredService<Settings>(), services.GetRequiredService<TimeProvider>());
        var (district, now) = (settings.Get<District>(), time.GetUtcNow());
        var end = until is null ? null : Durations.TryParse(until, out var length) ? now + length : RouteVerb.Instant(until, district, time);
        var problem =
            string.IsNullOrWhiteSpace(reason) ? "--reason: a hold needs a reason"
            : until is not null && (end is null || end <= now) ? $"--until: \"{until}\" is not an instant to come, such as 2027-06-30T00:00, nor a length such as 90d"
            : scope.SchoolId is { } school && school != District.DeskSchoolId && district.FindSchool(school) is null ? $"--school: no school has the id \"{school}\"; known: {string.Join(", ", district.Schools.Select(known => known.Id))}"
            : scope.SourceId is { } source && !await IsKnownAsync(services, source, cancellationToken) ? $"--source: no source has the id \"{source}\", and no post is stored of one"
            : scope.PostId is { } post && (await services.GetRequiredService<PostStore>().FindAsync([post], cancellationToken)).Count == 0 ? $"--post: no post has the id \"{post}\""
            : null;
        if (problem is not null)
        {
            await output.Problems.WriteLineAsync(problem);
            return 2;
        }

        var hold = new LegalHold(Ids.New(now), scope.SourceId, scope.SchoolId, scope.PostId, reason.Trim(), by, now, end);
        await services.GetRequiredService<LegalHoldStore>().AddAsync(hold, cancellationToken);
        await output.Data.WriteLineAsync(Line(hold, district));
        return 0;
    }

    internal static async Task<int> ListAsync(IServiceProvider services, bool asJson, TextWriter output, CancellationToken cancellationToken)
    {
        var district = services.GetRequiredService<Settings>().Get<District>();
        var holds = await services.GetRequiredService<LegalHoldStore>().ListAsync(cancellationToken);
        if (holds.Count == 0 && !asJson)
            await output.WriteLineAsync("no legal holds");
        foreach (var hold in holds)
            await output.WriteLineAsync(asJson ? Json.Write(hold) : Line(hold, district));
        return 0;
    }

    // A source that was taken out of the configuration may have posts that must be kept.
    private static async Task<bool> IsKnownAsync(IServiceProvider services, string source, CancellationToken cancellationToken) =>
        services.GetRequiredService<Settings>().Get<IReadOnlyList<SourceOptions>>().Any(known => known.Id == source)
        || (await services.GetRequiredService<RetentionStore>().SourcesAsync(cancellationToken)).Contains(source);

    private static string Line(LegalHold hold, District district) =>
        $"{hold.Id}  {hold.Scope}, {(hold.UntilAt is { } until ? $"until {AlertsVerb.Local(until, district)}" : "until it is ended")}, by {hold.PlacedBy} since {AlertsVerb.Local(hold.PlacedAt, district)}: {hold.Reason}";
}
