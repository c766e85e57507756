using System.CommandLine;
using ThreatWatch.Classifier.Model;

namespace ThreatWatch.Cli.Verbs;

/// <summary>Makes the model from labelled posts.</summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        var data = new Option<string[]>("--data") { Required = true, AllowMultipleArgumentsPerToken = true, HelpName = "DIR", Description = "folders of *.ndjson {text,label,family,lang,pair} and *.tsv text, label, detail; the district's own dispositions too" };
        var output = new Option<string?>("--out") { HelpName = "DIR", Description = "where the model goes; a model there is replaced only by one that is no worse on the held-back part" };
        var heldBack = new Option<string?>("--held-back") { HelpName = "FILE", Description = "write the corpora's held-back posts for evaluate; without --out nothing is trained" };
        var command = new Command("train", "train the model: the same bytes out for the same data in") { data, output, heldBack };
        command.Validators.Add(result =>
        {
            if (result.GetValue(output) is null && result.GetValue(heldBack) is null)
                result.AddError("Name --out DIR, --held-back FILE or both.");
        });
        command.SetAction((parsed, cancellationToken) => Task.FromResult(
            Run(parsed.GetValue(data)!, parsed.GetValue(output), parsed.GetValue(heldBack), cancellationToken)));
        return command;
    }

    private static int Run(string[] data, string? output, string? heldBack, CancellationToken cancellationToken)
    {
        var missing = data.Where(folder => !Directory.Exists(folder)).ToList();
        foreach (var folder in missing)
            System.Console.Error.WriteLine($"--data: there is no folder {folder}");
        if (missing.Count > 0)
            return 2;
        if (heldBack is not null)
        {
            using var file = File.CreateText(heldBack);
            System.Console.Error.WriteLine($"{HeldBackPosts.Write(data, file)} held-back posts written to {heldBack}");
        }

        return output is null ? 0 : Trainer.Run(data, output, System.Console.Error, cancellationToken);
    }
}
