using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using ThreatWatch.Ingest.Intake;

namespace ThreatWatch.Cli.Verbs;

/// <summary>Pushes posts of a file through the front door of the pipeline that runs on the same database.</summary>
internal static class ReplayCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "NDJSON {\"id\",\"text\",\"author\",\"url\",\"publishedAt\",\"source\"}; - for standard input" };
        var command = new Command("replay", "push posts through the running pipeline's front door") { file };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (ConfigFile.Load(parsed) is not { } settings)
                return 2;
            using var input = Streams.TryInput(parsed.GetValue(file));
            if (input is null)
                return 2;
            await using var services = await VerbServices.BuildAsync(settings, cancellationToken);
            return await ReplayVerb.RunAsync(services.GetRequiredService<FrontDoor>(), settings, input, System.Console.Out, System.Console.Error, cancellationToken);
        });
        return command;
    }
}
