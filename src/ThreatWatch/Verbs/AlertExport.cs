using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using ThreatWatch.Console.Cases;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Cli.Verbs;

/// <summary>One case as files for the district's records, JSON for machines and PDF for paper. They hold the posts' words, so only their owner may read them.</summary>
internal static class AlertExport
{
    private static readonly JsonSerializerOptions Readable = new(Json.Options) { WriteIndented = true };

    /// <returns>0 written; 1 no such alert, or a file can't be written; 2 where no file is named.</returns>
    internal static async Task<int> RunAsync(
        IServiceProvider services, string id, CaseTargets targets, string by, (TextWriter Data, TextWriter Problems) output, CancellationToken cancellationToken)
    {
        if (targets.Json is null && targets.Pdf is null)
        {
            await output.Problems.WriteLineAsync("--out or --pdf: a file to write is needed");
            return 2;
        }

        if (await services.GetRequiredService<AlertStore>().FindAsync(id, cancellationToken) is null)
        {
            await output.Problems.WriteLineAsync($"{id}: there is no such alert");
            return 1;
        }

        // Both files are open before the audit says that the case was taken out.
        var file = targets.Json ?? targets.Pdf!;
        try
        {
            await using var json = targets.Json is null ? null : OwnFile.Create(targets.Json);
            file = targets.Pdf ?? file;
            await using var pdf = targets.Pdf is null ? null : OwnFile.Create(targets.Pdf);
            if (await services.GetRequiredService<CaseFiles>().TakeAsync(id, by, "cli", !targets.WithoutWords, cancellationToken) is not { } taken)
                return 1;
            if (json is not null)
                await JsonSerializer.SerializeAsync(json, taken, Readable, cancellationToken);
            if (pdf is not null)
                services.GetRequiredService<CasePdf>().Write(taken, pdf);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            await output.Problems.WriteLineAsync($"{file} can't be written: {exception.Message}");
            return 1;
        }

        await output.Data.WriteLineAsync($"{id}: written to {string.Join(" and ", new[] { targets.Json, targets.Pdf }.OfType<string>())}");
        return 0;
    }
}

/// <summary>Where a case is written to; a null leaves that form out.</summary>
/// <param name="WithoutWords">Leaves out the posts' words, authors and addresses, and people's notes.</param>
internal sealed record CaseTargets(string? Json, string? Pdf, bool WithoutWords);
