using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Cli.Verbs;

/// <summary>Checks the audit's chain of hashes, with the database alone at hand.</summary>
internal static class AuditVerb
{
    public static Command Create()
    {
        var verify = new Command("verify", "check that no row of the audit was changed, removed or slipped in");
        verify.SetAction(async (parsed, cancellationToken) =>
        {
            if (ConfigFile.Load(parsed) is not { } settings)
                return 2;
            await using var services = await VerbServices.BuildAsync(settings, cancellationToken);
            var (rows, broken) = await services.GetRequiredService<AuditLog>().VerifyAsync(cancellationToken);
            System.Console.WriteLine(broken is null ? $"{rows} rows, unbroken" : $"{rows} rows, broken at row {broken}: it or the row before it was changed, or one was removed");
            return broken is null ? 0 : 1;
        });
        return new Command("audit", "the tamper-evident record of views, decisions and settings") { verify };
    }
}
