using System.Net;
using System.Net.Sockets;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Ingest.Fetching;

/// <summary>
/// Opens connections only to addresses that are public, checked after DNS at the moment of connecting: a name that was public when
/// it was looked at and is private when it is used gains nothing.
/// </summary>
internal sealed class GuardedConnector(
    Settings settings, TimeProvider time, bool allowPrivate, Func<string, CancellationToken, Task<IPAddress[]>> resolve)
{
    private static readonly TimeSpan OneOfSeveral = TimeSpan.FromSeconds(3);

    /// <exception cref="AddressBlockedException">No address of the host may be fetched.</exception>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var options = settings.Get<FetchingOptions>();
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        using var limit = new CancellationTokenSource(options.ConnectTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await resolve(host, either.Token);
            string? why = null;
            Exception? failure = null;
            for (var i = 0; i < addresses.Length; i++)
            {
                var address = addresses[i];
                if (!AddressGuard.IsIn(options.AllowedAddresses, address) && AddressGuard.WhyNot(address, allowPrivate) is { } blocked)
                {
                    why ??= blocked;
                    continue;
                }

                try
                {
                    // A network that swallows IPv6 must not use up the time of the IPv4 address behind it.
                    using var attempt = new CancellationTokenSource(i + 1 < addresses.Length ? OneOfSeveral : Timeout.InfiniteTimeSpan, time);
                    using var any = CancellationTokenSource.CreateLinkedTokenSource(either.Token, attempt.Token);
                    return await OpenAsync(address, port, any.Token);
                }
                catch (SocketException exception)
                {
                    failure ??= exception;
                }
                catch (OperationCanceledException) when (!either.IsCancellationRequested)
                {
                    failure ??= new SocketException((int)SocketError.TimedOut);
                }
            }

            throw failure ?? (why is null ? new SocketException((int)SocketError.HostNotFound) : new AddressBlockedException(host, why));
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            throw new SocketException((int)SocketError.TimedOut);
        }
    }

    private static async Task<Stream> OpenAsync(IPAddress address, int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new IPEndPoint(address, port), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>The one way to say "blocked" through the HTTP stack.</summary>
internal sealed class AddressBlockedException(string host, string what)
    : IOException($"{host} has no public address ({what}); if it is the district's own, allow it in \"fetching\": {{ \"allowedAddresses\": [...] }}");
