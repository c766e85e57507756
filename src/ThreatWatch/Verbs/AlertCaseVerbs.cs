using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using ThreatWatch.Core;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Cli.Verbs;

/// <summary>What follows an alert: a second reading, a record of what was shared, and the whole case as a file.</summary>
internal static class AlertCaseVerbs
{
    public static Command Review()
    {
        var disposition = new Option<Disposition>("--as") { Description = "what it was, in the second reader's eyes", Required = true };
        var note = new Option<string?>("--note") { Description = "for the district's own file", HelpName = "TEXT" };
        var command = new Command("review", "a second reader's disposition of a closed alert; how far readers agree stands in the report") { AlertsVerb.Id, disposition, note, AlertsVerb.By };
        command.SetAction((parsed, cancellationToken) => AlertsVerb.WithServicesAsync(parsed, services => ReviewAsync(
            services,
            parsed.GetRequiredValue(AlertsVerb.Id),
            parsed.GetRequiredValue(AlertsVerb.By),
            parsed.GetRequiredValue(disposition),
            parsed.GetValue(note),
            (System.Console.Out, System.Console.Error),
            cancellationToken), cancellationToken));
        return command;
    }

    public static Command Share()
    {
        var partner = new Option<string>("--with") { Description = "the partner, an office rather than a person", Required = true, HelpName = "WHO" };
        var basis = new Option<string>("--basis") { Description = "the law, agreement or consent that allows it", Required = true, HelpName = "TEXT" };
        var fields = new Option<string>("--fields") { Description = $"what was given, with commas: {string.Join(", ", SharingStore.Fields)}", Required = true, HelpName = "LIST" };
        var command = new Command("share", "record that parts of an alert were given to a partner; it sends nothing") { AlertsVerb.Id, partner, basis, fields, AlertsVerb.By };
        command.SetAction((parsed, cancellationToken) => AlertsVerb.WithServicesAsync(parsed, services => ShareAsync(
            services,
            parsed.GetRequiredValue(AlertsVerb.Id),
            parsed.GetRequiredValue(partner),
            parsed.GetRequiredValue(basis),
            parsed.GetRequiredValue(fields),
            parsed.GetRequiredValue(AlertsVerb.By),
            (System.Console.Out, System.Console.Error),
            cancellationToken), cancellationToken));
        return command;
    }

    public static Command Export()
    {
        var json = new Option<string?>("--out") { Description = "the JSON to write; a file that is there is left alone", HelpName = "FILE" };
        var pdf = new Option<string?>("--pdf") { Description = "the PDF to write, for paper; a file that is there is left alone", HelpName = "FILE" };
        var bare = new Option<bool>("--without-words") { Description = "leave out the posts' words, authors and addresses, and notes: for a partner who may not have them" };
        var command = new Command("export", "one case as JSON or PDF: posts, judgements, who was told, dispositions, shares, audit") { AlertsVerb.Id, json, pdf, bare, AlertsVerb.By };
        command.SetAction((parsed, cancellationToken) => AlertsVerb.WithServicesAsync(parsed, services => AlertExport.RunAsync(
            services,
            parsed.GetRequiredValue(AlertsVerb.Id),
            new CaseTargets(parsed.GetValue(json), parsed.GetValue(pdf), parsed.GetValue(bare)),
            parsed.GetRequiredValue(AlertsVerb.By),
            (System.Console.Out, System.Console.Error),
            cancellationToken), cancellationToken));
        return command;
    }

    internal static async Task<int> ReviewAsync(
        IServiceProvider services, string id, string by, Disposition disposition, string? note, (TextWriter Data, TextWriter Problems) output, CancellationToken cancellationToken)
    {
        var outcome = await services.GetRequiredService<SecondReadingStore>().AddAsync(id, by, disposition, note, cancellationToken);
        if (outcome == ReadingOutcome.Recorded)
        {
            await output.Data.WriteLineAsync($"{id}: read by {by} as {disposition}");
            return 0;
        }

        await output.Problems.WriteLineAsync($"{id}: " + outcome switch
        {
            ReadingOutcome.NoSuchAlert => "there is no such alert",
            ReadingOutcome.NotClosed => "it is not closed yet; the first reader comes first",
            ReadingOutcome.IsDrill => "it is a drill",
            ReadingOutcome.SamePerson => $"{by} closed it; a second reader is somebody else",
            _ => "it has a second reading already",
        });
        return 1;
    }

    /// <returns>0 recorded; 1 no such alert; 2 where what was asked makes no sense.</returns>
    internal static async Task<int> ShareAsync(
        IServiceProvider services,
        string id,
        string partner,
        string basis,
        string fields,
        string by,
        (TextWriter Data, TextWriter Problems) output,
        CancellationToken cancellationToken)
    {
        var named = fields.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct().ToList();
        if (SharingStore.Fault(partner, basis, named) is { } fault)
        {
            await output.Problems.WriteLineAsync($"--{fault.Field}: {fault.What}");
            return 2;
        }

        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        if (!await services.GetRequiredService<SharingStore>().AddAsync(id, new Share(Ids.New(now), partner.Trim(), basis.Trim(), named, by, now), cancellationToken))
        {
            await output.Problems.WriteLineAsync($"{id}: there is no such alert");
            return 1;
        }

        await output.Data.WriteLineAsync($"{id}: recorded that {string.Join(", ", named)} went to {partner.Trim()}");
        return 0;
    }
}
