using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Cli.Verbs;

/// <summary>A made-up post from the front of the running pipeline to a real phone and back, with the seconds of each hop: proof that the chain is whole.</summary>
internal static class DrillVerb
{
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
        var drills = services.GetRequiredService<DrillStore>();
        var origin = time.GetUtcNow();
        // Where this is cut short the daemon follows the drill to its end.
        var postId = (await drills.BeginAsync(schoolId, null, patience, origin, cancellationToken))!;
        Say(output, "post stored", TimeSpan.Zero);

        var reached = 0;
        string[] names = ["judged", "alert opened", "first message accepted", "acknowledged"];
        while (Stopwatch.GetElapsedTime(start) < patience)
        {
            var hops = await drills.HopsAsync(postId, cancellationToken);
            var (instants, alertId) = (new[] { hops.JudgedAt, hops.OpenedAt, hops.SentAt, hops.AcknowledgedAt }, hops.AlertId);
            for (; reached < names.Length && instants[reached] is { } at; reached++)
            {
                Say(output, names[reached], at - origin);
                if (reached == 2)
                    await progress.WriteLineAsync($"waiting for somebody to acknowledge {alertId} ...");
            }

            if (reached == names.Length)
            {
                await drills.RecordAsync(postId, hops, DrillOutcome.Whole, null, cancellationToken);
                await services.GetRequiredService<AlertActions>().CloseAsync(alertId!, "drill", "cli", Disposition.Drill, null, cancellationToken);
                output.WriteLine("the chain is whole");
                return 0;
            }

            await Task.Delay(Look, time, cancellationToken);
        }

        output.WriteLine($"THE CHAIN IS BROKEN OR NOBODY ANSWERED: not {names[reached]} within {Durations.ForPeople(patience)}");
        return 1;
    }

    private static void Say(TextWriter output, string hop, TimeSpan after) =>
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{after.TotalSeconds,9:0.000} s  {hop}"));
}
