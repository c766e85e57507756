using System.CommandLine;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using ThreatWatch.Core;
using ThreatWatch.Ingest.Sources;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Queue;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Cli.Verbs;

/// <summary>Says before the daemon runs whether it would: the configuration, and with --connect everything that it talks to.</summary>
internal static class CheckVerb
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static Command Create()
    {
        var connect = new Option<bool>("--connect") { Description = "also log in to mail server, broker and database, and fetch each source once" };
        var schema = new Option<bool>("--schema") { Description = "print the JSON schema of the configuration and do nothing else" };
        var command = new Command("check", "validate the configuration") { connect, schema };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (parsed.GetValue(schema))
            {
                System.Console.WriteLine(SettingsSchema.Write(ConfigFile.Sections).ToJsonString(new JsonSerializerOptions { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
                return 0;
            }

            if (ConfigFile.Load(parsed) is not { } settings)
                return 2;
            var district = settings.Get<District>();
            System.Console.WriteLine($"{settings.Current.File} is in order: {district.Schools.Count} schools, {district.Officers.Count} people.\n");
            SourceRegister.Print(settings.Get<IReadOnlyList<SourceOptions>>(), TimeProvider.System.GetUtcNow(), System.Console.Out);
            return parsed.GetValue(connect) ? await ConnectAsync(settings, cancellationToken) : 0;
        });
        return command;
    }

    private static async Task<int> ConnectAsync(Settings settings, CancellationToken cancellationToken)
    {
        await using var services = await VerbServices.BuildAsync(settings, cancellationToken);
        var checks = new List<ConnectionCheck>
        {
            new("database", async token => $"{await services.Database().CountAsync("select count(*) from posts", token)} posts, {(await services.GetRequiredService<LegalHoldStore>().ListAsync(token)).Count} legal hold(s) in force"),
            new("queue", async token => string.Join(", ", (await services.GetRequiredService<IMessageQueue>().DepthAsync(token)).Select(pair => $"{pair.Key} {pair.Value}"))),
        };
        checks.AddRange(services.GetServices<ConnectionChecks>().SelectMany(of => of(settings.Current, services)));
        var failed = 0;
        foreach (var check in checks)
        {
            await System.Console.Error.WriteLineAsync($"trying {check.Name} ...");
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(Patience);
            try
            {
                System.Console.WriteLine($"ok      {check.Name}: {await check.TryAsync(limit.Token)}");
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                failed++;
                System.Console.WriteLine($"FAILED  {check.Name}: {(exception is OperationCanceledException ? $"no answer within {Patience.TotalSeconds:0} s" : exception.Message)}");
            }
        }

        return failed == 0 ? 0 : 1;
    }
}
