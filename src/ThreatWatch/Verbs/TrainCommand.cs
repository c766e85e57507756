using System.CommandLine;
using ThreatWatch.Classifier.Model;

namespace ThreatWatch.Cli.Verbs;

/// <summary>Makes the model from labelled posts.</summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        var data = new Option<string[]>("--data") { Required = true, AllowMultipleArgumentsPerToken = true, HelpName = "DIR", Description = "folders of *.ndjson {text,label,family,lang,pair} and *.tsv text, label, detail; the district's own dispositions too" };
        var output = new Option<string>("--out") { Required = true, HelpName = "DIR", Description = "where the model goes; a model there is replaced only by one that is no worse on the held-back part" };
        var command = new Command("train", "train the model: the same bytes out for the same data in") { data, output };
        command.SetAction((parsed, cancellationToken) =>
        {
            var missing = parsed.GetValue(data)!.Where(folder => !Directory.Exists(folder)).ToList();
            foreach (var folder in missing)
                System.Console.Error.WriteLine($"--data: there is no folder {folder}");
            return Task.FromResult(missing.Count > 0 ? 2 : Trainer.Run(parsed.GetValue(data)!, parsed.GetValue(output)!, System.Console.Error, cancellationToken));
        });
        return command;
    }
}
