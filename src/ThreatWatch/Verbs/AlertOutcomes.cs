using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using ThreatWatch.Core;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Cli.Verbs;

/// <summary>What officers said of closed alerts, as labelled posts that <c>train</c> takes: text and label, no author, no address, no school.</summary>
internal static class AlertOutcomes
{
    // Longer than any district keeps posts by default: all there is.
    private const int DefaultDays = 365;

    public static Command Create()
    {
        var file = new Option<string>("--out") { Description = "the .ndjson to write; a file that is there is left alone", Required = true, HelpName = "FILE" };
        var days = new Option<int>("--days") { Description = "alerts closed in the last N days", HelpName = "N", DefaultValueFactory = _ => DefaultDays };
        file.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } name && !name.EndsWith(".ndjson", StringComparison.Ordinal))
                result.AddError("--out: train reads files whose names end in .ndjson");
        });
        days.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
                result.AddError("--days is at least 1");
        });
        var command = new Command("outcomes", "posts of closed alerts with what they turned out to be, for train and evaluate") { file, days, AlertsVerb.By };
        command.SetAction((parsed, cancellationToken) => AlertsVerb.WithServicesAsync(parsed, services => RunAsync(
            services,
            parsed.GetRequiredValue(file),
            parsed.GetValue(days),
            parsed.GetRequiredValue(AlertsVerb.By),
            (System.Console.Out, System.Console.Error),
            cancellationToken), cancellationToken));
        return command;
    }

    /// <returns>0 written; 1 the file can't be written.</returns>
    internal static async Task<int> RunAsync(
        IServiceProvider services, string file, int days, string by, (TextWriter Data, TextWriter Problems) output, CancellationToken cancellationToken)
    {
        try
        {
            // The file is open before the audit says that words were taken out.
            await using var writer = new StreamWriter(OwnFile.Create(file));
            var since = services.GetRequiredService<TimeProvider>().GetUtcNow().AddDays(-days);
            var outcomes = await services.GetRequiredService<OutcomeStore>().TakeAsync(since, by, cancellationToken);
            foreach (var post in outcomes.Posts)
                await writer.WriteLineAsync(Json.Write(new { post.Text, Label = Label(post.Danger), Family = "outcome" }));
            await output.Data.WriteLineAsync(
                $"{file}: {Count(outcomes.Posts.Count, "post")} of {Count(outcomes.Alerts, "closed alert")}, {outcomes.Posts.Count(post => post.Danger is null)} of them harmless; "
                + $"left out: {Count(outcomes.Disputed, "alert")} whose readers disagree, {Count(outcomes.Wordless, "post")} whose words are gone");
            return 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            await output.Problems.WriteLineAsync($"{file} can't be written: {exception.Message}");
            return 1;
        }
    }

    private static string Count(int number, string what) => $"{number} {what}{(number == 1 ? "" : "s")}";

    /// <summary>As models/corpus/GUIDE.md calls them.</summary>
    private static string Label(Category? danger) => danger switch
    {
        Category.Threat => "threat",
        Category.SelfHarm => "selfharm",
        _ => "benign",
    };
}
