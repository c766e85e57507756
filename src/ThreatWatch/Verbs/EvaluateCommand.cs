using System.CommandLine;
using ThreatWatch.Classifier.Verbs;

namespace ThreatWatch.Cli.Verbs;

/// <summary>Measures the configured model and thresholds on labelled posts.</summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        var data = new Option<string>("--data") { Required = true, HelpName = "FILE", Description = "NDJSON {text,label,family,lang} or TSV text, label, detail" };
        var plots = new Option<string?>("--plots") { HelpName = "DIR", Description = "also write evaluation.md with its plots there" };
        var command = new Command("evaluate", "recall, precision, calibration, families and bias at the operating thresholds") { data, plots };
        command.SetAction((parsed, _) =>
        {
            if (ConfigFile.Load(parsed) is not { } settings || ScoreCommand.LoadAssessor(settings) is not { } assessor)
                return Task.FromResult(2);
            return Task.FromResult(EvaluateVerb.Run(parsed.GetValue(data)!, parsed.GetValue(plots), assessor, System.Console.Out, System.Console.Error));
        });
        return command;
    }
}
