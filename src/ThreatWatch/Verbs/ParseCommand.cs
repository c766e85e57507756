using System.CommandLine;
using ThreatWatch.Ingest.Sources.Feeds;

namespace ThreatWatch.Cli.Verbs;

/// <summary>Shows what the feed reader makes of a document.</summary>
internal static class ParseCommand
{
    public static Command Create()
    {
        var file = new Argument<string?>("FILE") { Arity = ArgumentArity.ZeroOrOne, Description = "a feed document: RSS, RDF, Atom, CDF or JSON Feed" };
        var contentType = new Option<string?>("--content-type") { Description = "as the server said it", HelpName = "T" };
        var baseUrl = new Option<string?>("--base") { Description = "the address that relative links are relative to", HelpName = "URL" };
        var batch = new Option<string?>("--batch") { Description = "NDJSON {\"path\",\"contentType\",\"base\"}, a document a line; paths are relative to this file", HelpName = "FILE" };
        var command = new Command("parse", "show the entries of a feed document as NDJSON") { file, contentType, baseUrl, batch };
        command.Validators.Add(result =>
        {
            if ((result.GetValue(file) is null) == (result.GetValue(batch) is null))
                result.AddError("Name either one FILE or --batch FILE.");
        });
        command.SetAction(async (parsed, cancellationToken) => parsed.GetValue(batch) is { } list
            ? await ParseVerb.RunBatchAsync(list, System.Console.Out, System.Console.Error, cancellationToken)
            : await ParseVerb.RunAsync(parsed.GetValue(file)!, parsed.GetValue(contentType), parsed.GetValue(baseUrl), System.Console.Out, System.Console.Error, cancellationToken));
        return command;
    }
}
