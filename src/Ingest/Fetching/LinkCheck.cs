namespace ThreatWatch.Ingest.Fetching;

/// <summary>Looks whether a post still stands where it was, so that nobody is called out again for words that were taken back.</summary>
public sealed class LinkCheck(Fetcher fetcher)
{
    /// <summary>
    /// One look. <see cref="LinkState.Gone"/> is 404 or 410 at the post's own address; sites answer 404 by mistake, so that one look
    /// is not believed.
    /// </summary>
    public async Task<LinkState> LookAsync(Uri post, bool allowPrivateAddress, CancellationToken cancellationToken)
    {
        var outcome = await fetcher.FetchAsync(
            new FetchRequest(post) { Accept = "text/html, */*;q=0.5", AllowPrivateAddress = allowPrivateAddress }, cancellationToken);
        return outcome.Status switch
        {
            404 or 410 => LinkState.Gone,
            >= 200 and < 300 => LinkState.There,
            _ => LinkState.Unknown,
        };
    }
}

/// <summary>What a look at a post's address showed.</summary>
public enum LinkState
{
    /// <summary>The site could not be asked or will not say.</summary>
    Unknown,
    There,
    Gone,
}
