using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ThreatWatch.Ingest.Fetching;
using ThreatWatch.Ingest.Intake;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Ingest.Sources.Jetstream;

/// <summary>
/// Asks the network for the profiles of authors whose posts were stored: who asked before we connected not to be shown to people who are
/// not logged in has no event in the stream. Such an author's posts are taken back, and none is stored any more.
/// </summary>
public sealed partial class ProfileWorker(
    Settings settings, Fetcher fetcher, AuthorCheckStore checks, FrontDoor door, TimeProvider time, ILogger<ProfileWorker> logger) : BackgroundService
{
    // app.bsky.actor.getProfiles takes no more.
    private const int MostAtOnce = 25;

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AskAgain = TimeSpan.FromDays(1);
    private static readonly TimeSpan StoredWithin = TimeSpan.FromDays(7);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, DateTimeOffset> _notBefore = [];

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        WorkerLoop.RunAsync(RunOnceAsync, Look, time, logger, stoppingToken);

    /// <summary>Asks for the authors that are due, of each source that has someone to ask.</summary>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        foreach (var source in settings.Get<IReadOnlyList<SourceOptions>>())
        {
            var now = time.GetUtcNow();
            if (source.ProfilesAt is not { } address || (_notBefore.TryGetValue(source.Id, out var at) && now < at))
                continue;
            var authors = await checks.DueAsync(source.Id, now - StoredWithin, now - AskAgain, MostAtOnce, cancellationToken);
            if (authors.Count > 0)
                await AskAsync(source, address, authors, cancellationToken);
        }
    }

    private async Task AskAsync(SourceOptions source, Uri address, IReadOnlyList<string> authors, CancellationToken cancellationToken)
    {
        var query = string.Join('&', authors.Select(author => "actors=" + Uri.EscapeDataString(author)));
        var answer = await new JsonApi(fetcher, source).GetAsync(new Uri(address, "/xrpc/app.bsky.actor.getProfiles?" + query), null, cancellationToken);
        var now = time.GetUtcNow();
        if (answer.Failure is { } failure)
        {
            _notBefore[source.Id] = now + (failure.After > FirstPause ? failure.After.Value : FirstPause);
            LogUnanswered(source.Id, failure.Why);
            return;
        }

        var optedOut = JsonFields.Items(answer.Root, "profiles").Where(IsForMembersOnly)
            .Select(profile => JsonFields.Text(profile, "did")).OfType<string>().Intersect(authors).ToHashSet();
        // First the list, which keeps out what comes in the meantime; an author who is not in the answer has no profile, and no wish in it.
        await checks.RecordAsync(source.Id, authors.Select(author => (author, optedOut.Contains(author))), now, cancellationToken);
        if (optedOut.Count == 0)
            return;
        await door.StoreAsync(source, new SourceBatch([.. optedOut.Select(author => new AuthorGone(author))], null), cancellationToken);
        LogOptedOut(source.Id, optedOut.Count);
    }

    private static bool IsForMembersOnly(System.Text.Json.JsonElement profile) =>
        JsonFields.Items(profile, "labels").Any(label => JsonFields.Text(label, "val") == PostRecord.MembersOnlyLabel && !JsonFields.IsTrue(label, "neg"));

    [LoggerMessage(LogLevel.Information, "Source {Source}: {Count} author(s) asked not to be shown to people who are not logged in; their posts are taken back")]
    private partial void LogOptedOut(string source, int count);

    [LoggerMessage(LogLevel.Warning, "Source {Source}: the wishes of authors can't be asked for: {Why}; it is tried again")]
    private partial void LogUnanswered(string source, string why);
}
