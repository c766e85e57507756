using System.CommandLine;
using ThreatWatch.Classifier.Verbs;

namespace ThreatWatch.Cli.Verbs;

/// <summary>Tries changed settings on the district's own stored posts.</summary>
internal static class BacktestCommand
{
    public static Command Create()
    {
        var days = new Option<int>("--days") { HelpName = "N", Description = "how far back", DefaultValueFactory = _ => BacktestRequest.DefaultDays };
        var set = new Option<string[]>("--set") { HelpName = "KEY=VALUE", Description = "a changed setting, such as classifier.thresholds.threat.high=0.8; may be repeated" };
        var keywords = new Option<string?>("--keywords") { HelpName = "FILE", Description = "changed keywords" };
        var shadow = new Option<bool>("--shadow") { Description = "compare with what the shadow setting recorded" };
        var command = new Command("backtest", "which alerts would appear and vanish under changed settings") { days, set, keywords, shadow };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (ConfigFile.Load(parsed) is not { } settings)
                return 2;
            await using var services = await VerbServices.BuildAsync(settings, cancellationToken);
            var request = new BacktestRequest(parsed.GetValue(days), parsed.GetValue(set) ?? [], parsed.GetValue(keywords), parsed.GetValue(shadow));
            return await BacktestVerb.RunAsync(request, settings, services.Database(), TimeProvider.System, System.Console.Out, System.Console.Error, cancellationToken);
        });
        return command;
    }
}
