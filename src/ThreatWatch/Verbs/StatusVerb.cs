using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Queue;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Cli.Verbs;

/// <summary>Is it alive, is it keeping up, is anything stuck: the system administrator's first look.</summary>
internal static class StatusVerb
{
    private static readonly TimeSpan HeartbeatLate = TimeSpan.FromSeconds(60);

    public static Command Create()
    {
        var command = new Command("status", "roles, queues, dead letters, alerts and sources; 1 where something needs a look");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (ConfigFile.Load(parsed) is not { } settings)
                return 2;
            await using var services = await VerbServices.BuildAsync(settings, cancellationToken);
            return await RunAsync(services, System.Console.Out, cancellationToken);
        });
        return command;
    }

    internal static async Task<int> RunAsync(IServiceProvider services, TextWriter output, CancellationToken cancellationToken)
    {
        var database = services.Database();
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        var healthy = true;

        output.WriteLine("roles");
        var beats = await database.QueryAsync(
            "select role, instance, at from heartbeats where at > @day order by role, at desc",
            reader => (Role: reader.GetString(0), Instance: reader.GetString(1), At: reader.Instant(2)),
            cancellationToken,
            ("@day", now - TimeSpan.FromDays(1)));
        foreach (var role in Roles.All)
        {
            var living = beats.Where(beat => beat.Role == role && now - beat.At < HeartbeatLate).ToList();
            var last = beats.FirstOrDefault(beat => beat.Role == role);
            healthy &= living.Count > 0;
            output.WriteLine(living.Count > 0
                ? $"  {role,-12} {living.Count} running ({string.Join(", ", living.Select(beat => beat.Instance))})"
                : last.Role is null ? $"  {role,-12} not running" : $"  {role,-12} SILENT for {Durations.ForPeople(now - last.At)} ({last.Instance})");
        }

        output.WriteLine("queue");
        foreach (var (topic, depth) in await services.GetRequiredService<IMessageQueue>().DepthAsync(cancellationToken))
            output.WriteLine($"  {topic,-20} {depth} waiting");
        var dead = await services.GetRequiredService<DeadLetters>().CountAsync(cancellationToken);
        healthy &= dead == 0;
        output.WriteLine(dead == 0 ? "  dead letters         none" : $"  dead letters         {dead}: threatwatch deadletters list");

        output.WriteLine("alerts");
        var open = await database.QueryAsync(
            "select level, count(*), min(opened_at) from alerts where state = 'Open' group by level order by level",
            reader => (Level: reader.GetString(0), Count: reader.GetInt64(1), Oldest: reader.Instant(2)),
            cancellationToken);
        output.WriteLine(open.Count == 0 ? "  none open" : string.Join(Environment.NewLine, open.Select(row => $"  {row.Count} open at {row.Level}, the oldest for {Durations.ForPeople(now - row.Oldest)}")));
        var late = await database.CountAsync(
            "select count(*) from notifications where state in ('Pending', 'Sending') and due_at < @late", cancellationToken, ("@late", now - TimeSpan.FromMinutes(2)));
        healthy &= late == 0;
        output.WriteLine(late == 0 ? "  no notification is late" : $"  {late} notification(s) are more than two minutes late");

        healthy &= await StatusOfSources.PrintAsync(services, now, output, cancellationToken);
        return healthy ? 0 : 1;
    }
}
