using System.Globalization;
using System.Net;
using System.Security.Authentication;
using System.Text;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Ingest.Fetching;

/// <summary>
/// Fetches over HTTP what others wrote: politely (validators, Retry-After, a turn for each host), safely (addresses, redirects, sizes and
/// times checked) and with every outcome as a value. One for the process, since its connections are pooled.
/// </summary>
public sealed class Fetcher : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Settings _settings;
    private readonly TimeProvider _time;
    private readonly HostTurns _turns;
    private readonly HttpMessageInvoker _public;
    private readonly HttpMessageInvoker _private;

    public Fetcher(Settings settings, TimeProvider time)
        : this(settings, time, Dns.GetHostAddressesAsync)
    {
    }

    /// <summary>With a resolver of its own, for tests of what DNS may say.</summary>
    internal Fetcher(Settings settings, TimeProvider time, Func<string, CancellationToken, Task<IPAddress[]>> resolve)
    {
        _settings = settings;
        _time = time;
        _turns = new HostTurns(time);
        // Two pools: a connection to a private address that one source may use must never serve another source.
        _public = Invoker(new GuardedConnector(settings, time, allowPrivate: false, resolve));
        _private = Invoker(new GuardedConnector(settings, time, allowPrivate: true, resolve));
    }

    /// <summary>Fetches; waits for the host's turn first. Only cancellation throws.</summary>
    public async Task<FetchOutcome> FetchAsync(FetchRequest request, CancellationToken cancellationToken)
    {
        var options = _settings.Get<FetchingOptions>();
        if (!RedirectTrail.IsHttp(request.Url))
            return new Refused($"the scheme \"{(request.Url.IsAbsoluteUri ? request.Url.Scheme : "")}\" is not http or https");
        using var whole = new CancellationTokenSource(options.Timeout + Patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, whole.Token);
        try
        {
            return await FollowAsync(request, options, whole, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new RetryLater(null, string.Create(CultureInfo.InvariantCulture, $"not done within {options.Timeout.TotalSeconds:0.#} s"));
        }
        catch (HttpRequestException exception) when (exception.InnerException is AddressBlockedException blocked)
        {
            return new Refused(blocked.Message);
        }
        catch (HttpRequestException exception)
        {
            return new RetryLater(null, Describe(exception));
        }
        catch (IOException exception)
        {
            return new RetryLater(null, exception is HttpIOException ? "the connection ended in the middle of the answer" : exception.Message);
        }
    }

    public void Dispose()
    {
        _public.Dispose();
        _private.Dispose();
    }

    private async Task<FetchOutcome> FollowAsync(
        FetchRequest request, FetchingOptions options, CancellationTokenSource whole, CancellationToken cancellationToken)
    {
        var trail = new RedirectTrail(request.Url);
        for (var isFirst = true; ; isFirst = false)
        {
            var host = RegistrableHost.Of(trail.Current.Host);
            var (wait, taken) = _turns.Take(host, options, Patience);
            if (!taken)
                return new RetryLater(wait, $"waits for its turn at {host}, which many sources share or which said 429 (\"perHostPerMinute\")");
            if (wait > TimeSpan.Zero)
                await Task.Delay(wait, _time, cancellationToken);
            if (isFirst)
                whole.CancelAfter(options.Timeout);

            using var message = Compose(request, trail);
            // The configured host may be the district's own; where it points to may not.
            var isConfigured = string.Equals(trail.Current.Host, request.Url.Host, StringComparison.OrdinalIgnoreCase);
            var invoker = request.AllowPrivateAddress && isConfigured ? _private : _public;
            using var response = await invoker.SendAsync(message, cancellationToken);
            var status = (int)response.StatusCode;
            var headers = new FetchHeaders(response);
            if (RedirectTrail.IsRedirect(status))
            {
                if (request.Form is not null && status is not (307 or 308))
                    return new Refused($"HTTP {status} to a form") { Status = status };
                if (trail.Follow(status, headers.First("Location")) is { } why)
                    return new Refused(why) { Status = status };
                continue;
            }

            return await ConcludeAsync(request, options, trail, host, response, headers, cancellationToken);
        }
    }

    private async Task<FetchOutcome> ConcludeAsync(
        FetchRequest request,
        FetchingOptions options,
        RedirectTrail trail,
        string host,
        HttpResponseMessage response,
        FetchHeaders headers,
        CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        var after = headers.RetryAfter(_time.GetUtcNow()) is { } asked
            ? asked < options.LongestRetryAfter ? asked : options.LongestRetryAfter
            : (TimeSpan?)null;
        if (status == 429)
            return new RetryLater(_turns.Pause(host, after, options.LongestRetryAfter), "HTTP 429: too many requests") { Status = status };
        _turns.Answered(host);
        if (status == 304)
            return new NotModified(headers, trail.MovedTo, SameBody: false) { Status = status };
        if (status is >= 200 and < 300)
        {
            var body = await BodyReader.ReadAsync(response, request.BodyHash, options, _time, cancellationToken);
            if (body.Why is { } why)
                return new Refused(why) { Status = status };
            return body.Hash == request.BodyHash
                ? new NotModified(headers, trail.MovedTo, SameBody: true) { Status = status }
                : new Fetched(body.Bytes, body.Hash, trail.Current, headers, trail.MovedTo) { Status = status };
        }

        if (ChallengePage.ByHeaders(status, headers) is { } challenge)
            return new RetryLater(after, challenge) { Status = status };
        return status is >= 500 or 408 or 425
            ? new RetryLater(after, $"HTTP {status}") { Status = status }
            : new Refused($"HTTP {status}") { Status = status };
    }

    private HttpRequestMessage Compose(FetchRequest request, RedirectTrail trail)
    {
        var message = new HttpRequestMessage(request.Form is null ? HttpMethod.Get : HttpMethod.Post, trail.Current)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
            Content = request.Form is null ? null : new FormUrlEncodedContent(request.Form),
        };
        message.Headers.TryAddWithoutValidation("User-Agent", UserAgent.For(_settings.Get<District>()));
        message.Headers.TryAddWithoutValidation("Accept", request.Accept);
        message.Headers.TryAddWithoutValidation("Accept-Encoding", BodyReader.AcceptEncoding);
        if (request.ETag is not null)
            message.Headers.TryAddWithoutValidation("If-None-Match", request.ETag);
        if (request.LastModified is not null)
            message.Headers.TryAddWithoutValidation("If-Modified-Since", request.LastModified);
        if (request.Authorization is not null && trail.IsInOrigin)
            message.Headers.TryAddWithoutValidation("Authorization", request.Authorization);
        return message;
    }

    private static HttpMessageInvoker Invoker(GuardedConnector connector) => new(new SocketsHttpHandler
    {
        ConnectCallback = connector.ConnectAsync,
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        // A feed is asked every few minutes, so that idle connections are only memory, here and there.
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(15),
        PooledConnectionLifetime = TimeSpan.FromMinutes(10),
        MaxConnectionsPerServer = 8,
        MaxResponseHeadersLength = 64,
        // What was refused is not read to its end, except a small page that costs less than a new connection.
        MaxResponseDrainSize = 64 * 1024,
        ResponseDrainTimeout = TimeSpan.FromSeconds(1),
        // Validators go back byte for byte, whatever the bytes are.
        RequestHeaderEncodingSelector = (_, _) => Encoding.Latin1,
    });

    private static string Describe(HttpRequestException exception) => exception.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => "the name is not known to DNS",
        HttpRequestError.SecureConnectionError => exception.InnerException is AuthenticationException
            ? "the TLS certificate is not valid"
            : "TLS failed",
        HttpRequestError.ResponseEnded => "the connection ended before the answer",
        HttpRequestError.InvalidResponse => "the answer is not HTTP",
        HttpRequestError.ConfigurationLimitExceeded => "the answer's headers are too large",
        HttpRequestError.ConnectionError => $"no connection: {exception.InnerException?.Message ?? exception.Message}",
        _ => exception.InnerException?.Message ?? exception.Message,
    };
}
