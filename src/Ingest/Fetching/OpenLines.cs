using System.Net;
using System.Net.WebSockets;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Ingest.Fetching;

/// <summary>
/// Opens connections that stay open, under the fetcher's check of addresses: WebSockets and bodies that never end. One for the process.
/// </summary>
public sealed class OpenLines(Settings settings, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Ping = TimeSpan.FromSeconds(20);

    private readonly HttpMessageInvoker _public = Invoker(new GuardedConnector(settings, time, allowPrivate: false, Dns.GetHostAddressesAsync));
    private readonly HttpMessageInvoker _private = Invoker(new GuardedConnector(settings, time, allowPrivate: true, Dns.GetHostAddressesAsync));

    /// <summary>Connects a WebSocket; pings keep it and find a dead peer. Only cancellation throws.</summary>
    /// <param name="url">ws or wss.</param>
    public async Task<Opened<WebSocket>> WebSocketAsync(Uri url, bool allowPrivateAddress, CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        socket.Options.KeepAliveInterval = Ping;
        socket.Options.KeepAliveTimeout = Ping;
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.SetRequestHeader("User-Agent", UserAgent.For(settings.Get<District>()));
        using var limit = new CancellationTokenSource(settings.Get<FetchingOptions>().Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            await socket.ConnectAsync(url, allowPrivateAddress ? _private : _public, either.Token);
            return new Opened<WebSocket>(socket, null);
        }
        catch (Exception exception) when (
            exception is WebSocketException or OperationCanceledException or HttpRequestException && !cancellationToken.IsCancellationRequested)
        {
            var status = (int)socket.HttpStatusCode;
            var after = socket.HttpResponseHeaders is { } headers && headers.TryGetValue("Retry-After", out var values)
                && int.TryParse(values.FirstOrDefault(), out var seconds) && seconds >= 0 ? TimeSpan.FromSeconds(seconds) : (TimeSpan?)null;
            socket.Dispose();
            return new Opened<WebSocket>(null, Why(exception, status), status, after);
        }
    }

    /// <summary>Sends a GET whose answer's body goes on for ever; the caller disposes the answer. Only cancellation throws.</summary>
    public async Task<Opened<HttpResponseMessage>> GetAsync(
        Uri url, string accept, string? authorization, bool allowPrivateAddress, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, url);
        message.Headers.TryAddWithoutValidation("User-Agent", UserAgent.For(settings.Get<District>()));
        message.Headers.TryAddWithoutValidation("Accept", accept);
        if (authorization is not null)
            message.Headers.TryAddWithoutValidation("Authorization", authorization);
        using var limit = new CancellationTokenSource(settings.Get<FetchingOptions>().Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            var response = await (allowPrivateAddress ? _private : _public).SendAsync(message, either.Token);
            var status = (int)response.StatusCode;
            if (status == 200)
                return new Opened<HttpResponseMessage>(response, null, status);
            var after = new FetchHeaders(response).RetryAfter(time.GetUtcNow());
            response.Dispose();
            return new Opened<HttpResponseMessage>(null, $"HTTP {status}", status, after);
        }
        catch (Exception exception) when (
            exception is HttpRequestException or IOException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return new Opened<HttpResponseMessage>(null, Why(exception, 0));
        }
    }

    public void Dispose()
    {
        _public.Dispose();
        _private.Dispose();
    }

    private static string Why(Exception exception, int status)
    {
        if (status is not (0 or 101))
            return $"HTTP {status} instead of a stream";
        for (var inner = exception; inner is not null; inner = inner.InnerException)
        {
            if (inner is AddressBlockedException)
                return inner.Message;
        }

        return exception is OperationCanceledException ? "no connection in time" : (exception.InnerException ?? exception).Message;
    }

    private static HttpMessageInvoker Invoker(GuardedConnector connector) => new(new SocketsHttpHandler
    {
        ConnectCallback = connector.ConnectAsync,
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        MaxResponseHeadersLength = 64,
    });
}

/// <summary>A connection, or why there is none.</summary>
/// <param name="Line">The caller disposes it.</param>
/// <param name="Why">One line for the operator; null where there is a line.</param>
/// <param name="Status">Of the answer; 0 where there was none.</param>
/// <param name="After">The pause that the server asks for.</param>
public sealed record Opened<T>(T? Line, string? Why, int Status = 0, TimeSpan? After = null)
    where T : class;
