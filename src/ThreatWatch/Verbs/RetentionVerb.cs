using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using ThreatWatch.Ingest.Retention;

namespace ThreatWatch.Cli.Verbs;

/// <summary>Deletes the texts whose days are over and leaves a certificate; the daemon does the same every night.</summary>
internal static class RetentionVerb
{
    public static Command Create()
    {
        var dryRun = new Option<bool>("--dry-run") { Description = "only say what would be deleted" };
        var run = new Command("run", "delete what is due") { dryRun };
        run.SetAction(async (parsed, cancellationToken) =>
        {
            if (ConfigFile.Load(parsed) is not { } settings)
                return 2;
            await using var services = await VerbServices.BuildAsync(settings, cancellationToken);
            return await services.GetRequiredService<RetentionRun>().RunVerbAsync(parsed.GetValue(dryRun), System.Console.Out, cancellationToken);
        });
        return new Command("retention", "how long texts are kept") { run };
    }
}
