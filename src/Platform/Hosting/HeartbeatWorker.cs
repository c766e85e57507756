using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Platform.Hosting;

/// <summary>Writes that this process lives and which roles it has, so that <c>status</c> and the watch over a dead chain can tell.</summary>
public sealed class HeartbeatWorker(Database database, Roles roles, TimeProvider time, ILogger<HeartbeatWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);
    private static readonly string Instance = string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}/{Environment.ProcessId}");

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        WorkerLoop.RunAsync(RunOnceAsync, Every, time, logger, stoppingToken);

    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var work = await database.BeginAsync(cancellationToken);
        foreach (var role in roles.Names)
        {
            await work.ExecuteAsync(
                "insert into heartbeats (role, instance, at, detail) values (@role, @instance, @now, '') "
                + "on conflict (role, instance) do update set at = excluded.at",
                cancellationToken,
                ("@role", role),
                ("@instance", Instance),
                ("@now", now));
        }

        await work.ExecuteAsync("delete from heartbeats where at < @old", cancellationToken, ("@old", now - TimeSpan.FromDays(7)));
        await work.CommitAsync(cancellationToken);
    }
}
