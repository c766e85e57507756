using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Cli.Verbs;

/// <summary>Alerts at the command line: the same facts and actions as on the console.</summary>
internal static class AlertsVerb
{
    internal static readonly Argument<string> Id = new("ID") { Description = "as shown by list, such as K7Q2-M9DX" };
    internal static readonly Option<string> By = new("--by") { Description = "who: an officer's id (default: your user name here)", HelpName = "NAME", DefaultValueFactory = _ => Environment.UserName };

    public static Command Create() => new("alerts", "list, show, acknowledge and close alerts, and what follows") { List(), Show(), Acknowledge(), Close(), AlertCaseVerbs.Review(), AlertCaseVerbs.Share(), AlertCaseVerbs.Export(), AlertOutcomes.Create() };

    private static Command List()
    {
        var all = new Option<bool>("--all") { Description = "closed ones too" };
        var json = new Option<bool>("--json") { Description = "NDJSON, an alert a line" };
        var command = new Command("list", "alerts that are not closed, newest first") { all, json };
        command.SetAction((parsed, cancellationToken) => WithServicesAsync(parsed, async services =>
        {
            var rows = await services.GetRequiredService<AlertStore>().ListAsync(
                new AlertFilter { NotClosed = !parsed.GetValue(all), Most = 1000 }, cancellationToken);
            if (parsed.GetValue(json))
            {
                foreach (var alert in rows)
                    System.Console.WriteLine(Json.Write(alert));
                return 0;
            }

            var district = services.GetRequiredService<Settings>().Get<District>();
            if (rows.Count == 0)
                System.Console.WriteLine(parsed.GetValue(all) ? "no alerts" : "no open alerts");
            foreach (var alert in rows)
            {
                System.Console.WriteLine(
                    $"{alert.Id}  {(alert.IsDrill ? "DRILL " : "")}{alert.Level,-8} {Name(alert.Category),-9} {alert.State,-12} {Local(alert.OpenedAt, district)}  "
                    + $"{district.SchoolName(alert.SchoolId)}, {alert.PostCount} post{(alert.PostCount == 1 ? "" : "s")}"
                    + (alert.AcknowledgedBy is null ? "" : $", {alert.AcknowledgedBy} has it"));
            }

            return 0;
        }, cancellationToken));
        return command;
    }

    private static Command Show()
    {
        var command = new Command("show", "one alert: its posts, its reasons and who was told, as a timeline") { Id };
        command.SetAction((parsed, cancellationToken) => WithServicesAsync(
            parsed,
            services => AlertTimeline.PrintAsync(services, parsed.GetValue(Id)!, Environment.UserName, System.Console.Out, cancellationToken),
            cancellationToken));
        return command;
    }

    private static Command Acknowledge()
    {
        var command = new Command("ack", "say \"I have it\": stops the escalation") { Id, By };
        command.SetAction((parsed, cancellationToken) => WithServicesAsync(parsed, async services =>
        {
            var outcome = await services.GetRequiredService<AlertActions>().AcknowledgeAsync(parsed.GetValue(Id)!, parsed.GetValue(By)!, "cli", cancellationToken);
            return Say(outcome, parsed.GetValue(Id)!, $"{parsed.GetValue(By)} has it");
        }, cancellationToken));
        return command;
    }

    private static Command Close()
    {
        var disposition = new Option<Disposition>("--as") { Description = "what it was", Required = true };
        var note = new Option<string?>("--note") { Description = "for the district's own file", HelpName = "TEXT" };
        var command = new Command("close", "end an alert with its disposition") { Id, disposition, note, By };
        command.SetAction((parsed, cancellationToken) => WithServicesAsync(parsed, async services =>
        {
            var outcome = await services.GetRequiredService<AlertActions>().CloseAsync(
                parsed.GetValue(Id)!, parsed.GetValue(By)!, "cli", parsed.GetValue(disposition), parsed.GetValue(note), cancellationToken);
            return Say(outcome, parsed.GetValue(Id)!, $"closed as {parsed.GetValue(disposition)}");
        }, cancellationToken));
        return command;
    }

    private static int Say(ActionOutcome outcome, string id, string done)
    {
        if (outcome.Won)
        {
            System.Console.WriteLine($"{id}: {done}");
            return 0;
        }

        System.Console.Error.WriteLine(outcome.Alert switch
        {
            null => $"{id}: there is no such alert",
            { State: AlertState.Closed } => $"{id}: it is closed already",
            { AcknowledgedBy: var by } => $"{id}: {by} has it already",
        });
        return 1;
    }

    internal static string Name(Category category) => category == Category.SelfHarm ? "self-harm" : "threat";

    internal static string Local(DateTimeOffset at, District district) =>
        TimeZoneInfo.ConvertTime(at, TimeZoneInfo.FindSystemTimeZoneById(district.TimeZone)).ToString("yyyy-MM-dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture);

    internal static async Task<int> WithServicesAsync(ParseResult parsed, Func<IServiceProvider, Task<int>> run, CancellationToken cancellationToken)
    {
        if (ConfigFile.Load(parsed) is not { } settings)
            return 2;
        await using var services = await VerbServices.BuildAsync(settings, cancellationToken);
        return await run(services);
    }
}
