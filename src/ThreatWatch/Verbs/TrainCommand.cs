using System.CommandLine;
using ThreatWatch.Classifier.Model;

namespace ThreatWatch.Cli.Verbs;

/// <summary>Makes the model from labelled posts.</summary>
internal static class TrainCommand
{
    private static readonly string[] BaseFiles = ["model.onnx", "vocab.txt"];

    public static Command Create()
    {
        var data = new Option<string[]>("--data") { Required = true, AllowMultipleArgumentsPerToken = true, HelpName = "DIR", Description = "folders of *.ndjson {text,label,family,lang,pair} and *.tsv text, label, detail; the district's own dispositions too" };
        var output = new Option<string?>("--out") { HelpName = "DIR", Description = "where the model goes; a model there is replaced only by one that is no worse on the held-back part" };
        var basis = new Option<string?>("--base") { HelpName = "DIR", Description = "tune a new encoder from model.onnx and vocab.txt of all-MiniLM-L6-v2 in DIR (half an hour)" };
        var encoder = new Option<string>("--encoder") { HelpName = "DIR", DefaultValueFactory = _ => "models", Description = "without --base: the model whose encoder is kept" };
        var heldBack = new Option<string?>("--held-back") { HelpName = "FILE", Description = "write the corpora's held-back posts for evaluate; without --out nothing is trained" };
        var passes = new Option<int>("--passes") { HelpName = "N", DefaultValueFactory = _ => 3, Description = "with --base: how often the tuning goes through the posts" };
        var without = new Option<string[]>("--without") { AllowMultipleArgumentsPerToken = true, HelpName = "FAMILY", Description = "leave out the threats whose family has FAMILY in its name and measure on them, beside the model in --out; nothing is put in place" };
        var command = new Command("train", "train the model: the same bytes out for the same data in") { data, output, basis, encoder, passes, heldBack, without };
        passes.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 20)
                result.AddError("--passes is 1 to 20.");
        });
        command.Validators.Add(result =>
        {
            if (result.GetValue(output) is null && result.GetValue(heldBack) is null)
                result.AddError("Name --out DIR, --held-back FILE or both.");
        });
        command.SetAction((parsed, cancellationToken) => Task.FromResult(
            Train(
                new TrainingPlan(parsed.GetValue(data)!, parsed.GetValue(output) ?? "")
                {
                    Base = parsed.GetValue(basis), Encoder = parsed.GetValue(encoder), Passes = parsed.GetValue(passes), Without = parsed.GetValue(without) ?? [],
                },
                parsed.GetValue(heldBack),
                cancellationToken)));
        return command;
    }

    private static int Train(TrainingPlan plan, string? heldBack, CancellationToken cancellationToken)
    {
        var missing = plan.Data.Where(folder => !Directory.Exists(folder)).ToList();
        foreach (var folder in missing)
            System.Console.Error.WriteLine($"--data: there is no folder {folder}");
        if (missing.Count > 0)
            return 2;
        foreach (var file in plan.Base is not { } basis ? [] : BaseFiles.Where(file => !File.Exists(Path.Combine(basis, file))).ToList())
        {
            System.Console.Error.WriteLine($"--base: there is no {file} in {plan.Base}");
            return 2;
        }

        try
        {
            return Run(plan, heldBack, cancellationToken);
        }
        catch (InvalidDataException exception)
        {
            System.Console.Error.WriteLine(exception.Message);
            return 2;
        }
    }

    private static int Run(TrainingPlan plan, string? heldBack, CancellationToken cancellationToken)
    {
        if (heldBack is not null)
        {
            using var file = File.CreateText(heldBack);
            System.Console.Error.WriteLine($"{HeldBackPosts.Write(plan.Data, file)} held-back posts written to {heldBack}");
        }

        return plan.Out.Length == 0 ? 0 : Trainer.Run(plan, System.Console.Error, cancellationToken);
    }
}
