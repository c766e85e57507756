using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using ThreatWatch.Core;
using ThreatWatch.Ingest.Intake;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Cli.Verbs;

/// <summary>A made-up post from the front of the running pipeline to a real phone and back, with the seconds of each hop: proof that the chain is whole.</summary>
internal static class DrillVerb
{
    private const string Text = "DRILL. This post is made up and tests the chain of alerts. Acknowledge it as you would a real one.";
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    public static Command Create()
    {
        var school = new Option<string>("--school") { Required = true, HelpName = "ID", Description = "the school whose people are told" };
        var patience = new Option<int>("--wait") { HelpName = "MINUTES", Description = "how long an acknowledgement is waited for", DefaultValueFactory = _ => 15 };
        var command = new Command("drill", "test the whole chain up to a person's acknowledgement; every message says DRILL") { school, patience };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (ConfigFile.Load(parsed) is not { } settings)
                return 2;
            var district = settings.Get<District>();
            var id = parsed.GetValue(school)!;
            if (district.FindSchool(id) is null)
            {
                await System.Console.Error.WriteLineAsync($"--school: no school has the id \"{id}\"; known: {string.Join(", ", district.Schools.Select(s => s.Id))}");
                return 2;
            }

            await using var services = await VerbServices.BuildAsync(settings, cancellationToken);
            return await RunAsync(services, id, TimeSpan.FromMinutes(parsed.GetValue(patience)), System.Console.Out, System.Console.Error, cancellationToken);
        });
        return command;
    }

    /// <returns>0 once somebody acknowledged; 1 where the chain did not come so far in time.</returns>
    internal static async Task<int> RunAsync(
        IServiceProvider services, string schoolId, TimeSpan patience, TextWriter output, TextWriter progress, CancellationToken cancellationToken)
    {
        var time = services.GetRequiredService<TimeProvider>();
        var start = Stopwatch.GetTimestamp();
        var postId = await services.GetRequiredService<FrontDoor>().StoreDrillAsync(schoolId, Text, cancellationToken);
        var stored = await services.GetRequiredService<PostStore>().FindAsync([postId], cancellationToken);
        var origin = stored[0].IngestedAt;
        Say(output, "post stored", TimeSpan.Zero);

        var reached = 0;
        string[] hops = ["judged", "alert opened", "first message accepted", "acknowledged"];
        while (Stopwatch.GetElapsedTime(start) < patience)
        {
            var (instants, alertId) = await LookAsync(services, postId, cancellationToken);
            for (; reached < hops.Length && instants[reached] is { } at; reached++)
            {
                Say(output, hops[reached], at - origin);
                if (reached == 2)
                    await progress.WriteLineAsync($"waiting for somebody to acknowledge {alertId} ...");
            }

            if (reached == hops.Length)
            {
                await services.GetRequiredService<AlertActions>().CloseAsync(alertId!, "drill", "cli", Disposition.Drill, null, cancellationToken);
                output.WriteLine("the chain is whole");
                return 0;
            }

            await Task.Delay(Look, time, cancellationToken);
        }

        output.WriteLine($"THE CHAIN IS BROKEN OR NOBODY ANSWERED: not {hops[reached]} within {Durations.ForPeople(patience)}");
        return 1;
    }

    private static async Task<(DateTimeOffset?[] Instants, string? AlertId)> LookAsync(IServiceProvider services, string postId, CancellationToken cancellationToken)
    {
        var assessment = await services.GetRequiredService<AssessmentStore>().FindAsync(postId, cancellationToken);
        var ids = await services.Database().QueryAsync(
            "select alert_id from alert_posts where post_id = @post", reader => reader.GetString(0), cancellationToken, ("@post", postId));
        var alert = ids.Count == 0 ? null : await services.GetRequiredService<AlertStore>().FindAsync(ids[0], cancellationToken);
        var sent = alert is null ? [] : await services.GetRequiredService<NotificationStore>().OfAlertsAsync([alert.Id], cancellationToken);
        return ([assessment?.AssessedAt, alert?.OpenedAt, sent.Min(row => row.SentAt), alert?.AcknowledgedAt], alert?.Id);
    }

    private static void Say(TextWriter output, string hop, TimeSpan after) =>
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{after.TotalSeconds,9:0.000} s  {hop}"));
}
