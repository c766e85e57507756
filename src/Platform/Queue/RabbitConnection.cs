using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Platform.Queue;

/// <summary>
/// The process's one connection to RabbitMQ, which heals by itself: whoever asks for a channel waits until a broker answers. The
/// client's own recovery is off, for it revives neither a first connection nor a closed channel; here all three take one way, and
/// with the old channel its deliveries are forgotten, since the broker gives them out again.
/// </summary>
internal sealed partial class RabbitConnection : IAsyncDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);
    private readonly ConnectionFactory _factory;
    private readonly RabbitTopology _topology;
    private readonly TimeProvider _time;
    private readonly ILogger<RabbitConnection> _logger;
    private readonly SemaphoreSlim _opening = new(1, 1);
    private IConnection? _connection;

    public RabbitConnection(QueueOptions options, Roles roles, TimeProvider time, ILogger<RabbitConnection> logger)
    {
        _factory = new ConnectionFactory
        {
            Uri = new Uri(options.Uri.Reveal()),
            AutomaticRecoveryEnabled = false,
            TopologyRecoveryEnabled = false,
            ClientProvidedName = $"threatwatch {string.Join(' ', roles.Names)} {Environment.MachineName}/{Environment.ProcessId}",
            RequestedHeartbeat = TimeSpan.FromSeconds(15),
        };
        _topology = new RabbitTopology(options, logger);
        _time = time;
        _logger = logger;
    }

    /// <summary>A channel on an open connection, with exchanges and queues in place; waits for a broker that is not there.</summary>
    public async Task<IChannel> OpenChannelAsync(CreateChannelOptions? options, CancellationToken cancellationToken)
    {
        var wait = TimeSpan.FromMilliseconds(250);
        while (true)
        {
            try
            {
                var connection = await OpenAsync(cancellationToken);
                return await connection.CreateChannelAsync(options, cancellationToken);
            }
            catch (Exception exception) when (IsLoss(exception) && !cancellationToken.IsCancellationRequested)
            {
                LogWaiting((exception.InnerException ?? exception).GetType().Name, wait.TotalSeconds);
            }

            await Task.Delay(wait, _time, cancellationToken);
            wait = wait * 2 < LongestWait ? wait * 2 : LongestWait;
        }
    }

    /// <summary>Declares exchanges and queues anew: somebody may have deleted one while we were connected.</summary>
    public async Task DeclareAsync(CancellationToken cancellationToken)
    {
        if (_connection is { IsOpen: true } connection)
            await _topology.DeclareAsync(connection, cancellationToken);
    }

    /// <summary>True for what a broker that goes away or is not there yet throws at whoever is using it.</summary>
    public static bool IsLoss(Exception exception) =>
        exception is RabbitMQClientException or IOException or ObjectDisposedException or System.Net.Sockets.SocketException or TimeoutException
        || (exception is OperationCanceledException && exception.InnerException is not null);

    public async ValueTask DisposeAsync()
    {
        if (_connection is { } connection)
            await CloseAsync(connection);
        _opening.Dispose();
    }

    private async Task<IConnection> OpenAsync(CancellationToken cancellationToken)
    {
        if (_connection is { IsOpen: true } open)
            return open;
        await _opening.WaitAsync(cancellationToken);
        try
        {
            if (_connection is { IsOpen: true } another)
                return another;
            if (_connection is { } old)
                await CloseAsync(old);
            _connection = null;
            var connection = await _factory.CreateConnectionAsync(cancellationToken);
            try
            {
                await _topology.DeclareAsync(connection, cancellationToken);
            }
            catch
            {
                await CloseAsync(connection);
                throw;
            }

            LogConnected(_factory.HostName, _factory.Port);
            return _connection = connection;
        }
        finally
        {
            _opening.Release();
        }
    }

    private static async Task CloseAsync(IConnection connection)
    {
        try
        {
            if (connection.IsOpen)
                await connection.CloseAsync(TimeSpan.FromSeconds(2));
            await connection.DisposeAsync();
        }
        catch (Exception exception) when (IsLoss(exception) || exception is OperationCanceledException)
        {
            // It is gone already, which is what we want.
        }
    }

    [LoggerMessage(LogLevel.Information, "Connected to RabbitMQ at {Host}:{Port}")]
    private partial void LogConnected(string host, int port);

    [LoggerMessage(LogLevel.Warning, "RabbitMQ does not answer ({Error}); next try in {Seconds:0.0} s")]
    private partial void LogWaiting(string error, double seconds);
}
