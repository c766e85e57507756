using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using ThreatWatch.Platform.Queue;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Cli.Verbs;

/// <summary>Messages that could not be handled: what they are, why, and on their way again.</summary>
internal static class DeadLettersVerb
{
    public static Command Create()
    {
        var list = new Command("list", "the newest hundred, as NDJSON");
        list.SetAction(async (parsed, cancellationToken) =>
        {
            if (ConfigFile.Load(parsed) is not { } settings)
                return 2;
            await using var services = await VerbServices.BuildAsync(settings, cancellationToken);
            foreach (var letter in await services.GetRequiredService<DeadLetters>().ListAsync(100, cancellationToken))
                System.Console.WriteLine(Json.Write(letter));
            return 0;
        });

        var id = new Option<long?>("--id") { Description = "only this one", HelpName = "N" };
        var redeliver = new Command("redeliver", "send them on their way again, as new") { id };
        redeliver.SetAction(async (parsed, cancellationToken) =>
        {
            if (ConfigFile.Load(parsed) is not { } settings)
                return 2;
            await using var services = await VerbServices.BuildAsync(settings, cancellationToken);
            var count = await services.GetRequiredService<DeadLetters>().RedeliverAsync(parsed.GetValue(id), cancellationToken);
            System.Console.WriteLine($"{count} redelivered");
            return count > 0 ? 0 : 1;
        });
        return new Command("deadletters", "messages that could not be handled") { list, redeliver };
    }
}
