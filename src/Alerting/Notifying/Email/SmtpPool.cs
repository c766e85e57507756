using System.Collections.Concurrent;
using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace ThreatWatch.Alerting.Notifying.Email;

/// <summary>Keeps a few connections to the mail server open between messages, so that a thousand alerts at once do not log in a thousand times.</summary>
public sealed class SmtpPool(TimeProvider time, MailTokens tokens) : IDisposable
{
    // Shorter than servers wait for us, so that we hang up first.
    private static readonly TimeSpan IdleFor = TimeSpan.FromSeconds(20);

    private readonly ConcurrentStack<Connection> _idle = new();
    private readonly Lock _lock = new();
    private SmtpSlots? _slots;

    private sealed record Connection(SmtpClient Client, SmtpOptions Options, DateTimeOffset UsedAt);

    /// <summary>Sends over an open connection or a new one. A used one that turns out to be dead is replaced once.</summary>
    /// <param name="envelope">What mail servers quote in their reports, and which reports they are asked for.</param>
    /// <param name="isWanted">Asked where the message had to wait for its turn or a connection: meanwhile somebody may have acknowledged.</param>
    public async Task<SendOutcome> SendAsync(
        MimeMessage mail, MailEnvelope envelope, SmtpOptions options, string configFolder, CancellationToken cancellationToken,
        Func<CancellationToken, Task<bool>>? isWanted = null)
    {
        var slots = SlotsFor(options);
        var paced = await slots.TurnAsync(cancellationToken);
        for (var tries = 0; ; tries++)
        {
            var waiting = slots.TakeAsync(cancellationToken);
            var waited = paced || !waiting.IsCompleted || tries > 0;
            await waiting;
            var rests = false;
            try
            {
                return await SendAsync(mail, envelope, options, configFolder, waited, isWanted, cancellationToken);
            }
            catch (SmtpCommandException refused) when (SmtpReplies.SaysTooMany(refused) && slots.TryRest())
            {
                // It goes by one of the others.
                rests = true;
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                return SmtpReplies.Read(exception);
            }
            finally
            {
                if (!rests)
                    slots.GiveBack();
            }
        }
    }

    /// <summary>Connects, logs in and hangs up; null where all went well, else what did not. For "threatwatch check --connect".</summary>
    public async Task<string?> ProbeAsync(SmtpOptions options, string configFolder, CancellationToken cancellationToken)
    {
        try
        {
            using var client = await ConnectAsync(options, configFolder, cancellationToken);
            await client.DisconnectAsync(true, cancellationToken);
            return null;
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            return SmtpReplies.Read(exception) switch
            {
                SendOutcome.RetryLater later => later.Why,
                SendOutcome.Rejected rejected => rejected.Why,
                _ => exception.GetType().Name,
            };
        }
    }

    public void Dispose()
    {
        while (_idle.TryPop(out var connection))
            connection.Client.Dispose();
        _slots?.Dispose();
    }

    private async Task<SendOutcome> SendAsync(
        MimeMessage mail, MailEnvelope envelope, SmtpOptions options, string configFolder, bool waited, Func<CancellationToken, Task<bool>>? isWanted,
        CancellationToken cancellationToken)
    {
        var (client, isFresh) = await TakeAsync(options, configFolder, cancellationToken);
        if ((waited || isFresh) && isWanted is not null && !await IsWantedAsync(isWanted, client, options, cancellationToken))
            return LastLook.Overtaken;
        try
        {
            return await SendAsync(client, mail, envelope, options, cancellationToken);
        }
        catch (Exception exception) when (!isFresh && exception is ServiceNotConnectedException or IOException or SmtpProtocolException)
        {
            client.Dispose();
            client = await ConnectAsync(options, configFolder, cancellationToken);
            return await SendAsync(client, mail, envelope, options, cancellationToken);
        }
    }

    private async Task<SendOutcome> SendAsync(
        SmtpClient client, MimeMessage mail, MailEnvelope envelope, SmtpOptions options, CancellationToken cancellationToken)
    {
        var healthy = false;
        try
        {
            ((DsnClient)client).Envelope = envelope;
            var answer = await client.SendAsync(mail, cancellationToken);
            healthy = true;
            return new SendOutcome.Sent($"<{mail.MessageId}>", SmtpReplies.Brief(answer));
        }
        catch (SmtpCommandException reply) when (client.IsConnected && !SmtpReplies.SaysTooMany(reply))
        {
            healthy = true; // The server said no to this message and waits for the next.
            throw;
        }
        finally
        {
            if (healthy && client.IsConnected)
                _idle.Push(new Connection(client, options, time.GetUtcNow()));
            else
                client.Dispose();
        }
    }

    private async Task<bool> IsWantedAsync(
        Func<CancellationToken, Task<bool>> isWanted, SmtpClient client, SmtpOptions options, CancellationToken cancellationToken)
    {
        var sends = false;
        try
        {
            return sends = await isWanted(cancellationToken);
        }
        finally
        {
            if (!sends)
                _idle.Push(new Connection(client, options, time.GetUtcNow()));
        }
    }

    private SmtpSlots SlotsFor(SmtpOptions options)
    {
        lock (_lock)
        {
            // New settings get new connections; those under way end with the old ones.
            if (_slots?.Options != options)
                _slots = new SmtpSlots(options, time);
            return _slots;
        }
    }

    private async Task<(SmtpClient Client, bool IsFresh)> TakeAsync(SmtpOptions options, string configFolder, CancellationToken cancellationToken)
    {
        while (_idle.TryPop(out var connection))
        {
            if (connection.Options == options && connection.Client.IsConnected && time.GetUtcNow() - connection.UsedAt < IdleFor)
                return (connection.Client, false);
            connection.Client.Dispose();
        }

        return (await ConnectAsync(options, configFolder, cancellationToken), true);
    }

    private async Task<SmtpClient> ConnectAsync(SmtpOptions options, string configFolder, CancellationToken cancellationToken)
    {
        var client = new DsnClient
        {
            Timeout = (int)options.Timeout.TotalMilliseconds,
            CheckCertificateRevocation = options.CheckRevocation,
        };
        try
        {
            var authority = options.CertificateAuthority is { } file ? Path.GetFullPath(file, configFolder) : null;
            var socket = await ReachAsync(options, cancellationToken);
            await MailTls.ConnectAsync(
                client, authority, options.CheckRevocation,
                () => client.ConnectAsync(socket, options.Host, options.EffectivePort, MailTls.Options(options.Security), cancellationToken));
            if (options is { Username: { } mailbox, OAuth: { } oauth })
                await LogInAsync(client, mailbox, oauth, cancellationToken);
            else if (options.Username is { } user)
                await client.AuthenticateAsync(user, options.Password.Reveal(), cancellationToken);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    // Without Nagle's wait: the end of a mail would be held back until the server has confirmed its beginning, some 40 ms each.
    private static async Task<Socket> ReachAsync(SmtpOptions options, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.Timeout);
        try
        {
            await socket.ConnectAsync(options.Host, options.EffectivePort, limit.Token);
            return socket;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            socket.Dispose();
            throw new TimeoutException();
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task LogInAsync(SmtpClient client, string mailbox, OAuthOptions oauth, CancellationToken cancellationToken)
    {
        try
        {
            await client.AuthenticateAsync(await tokens.LoginAsync(mailbox, oauth, client.AuthenticationMechanisms, cancellationToken), cancellationToken);
        }
        catch (AuthenticationException)
        {
            tokens.Forget();
            throw;
        }
    }

    /// <summary>Asks for a report where a mail is not delivered; servers that know no reports are not asked.</summary>
    private sealed class DsnClient : SmtpClient
    {
        public MailEnvelope? Envelope { get; set; }

        protected override string? GetEnvelopeId(MimeMessage message) => Envelope?.Id;

        protected override DeliveryStatusNotification? GetDeliveryStatusNotifications(MimeMessage message, MailboxAddress mailbox) =>
            DeliveryStatusNotification.Failure | DeliveryStatusNotification.Delay | (Envelope?.AsksForSuccess == true ? DeliveryStatusNotification.Success : 0);
    }
}

/// <summary>What a mail server is told beside the mail.</summary>
/// <param name="Id">The same for the same mail, also when it is sent again.</param>
/// <param name="AsksForSuccess">True where somebody reads the reports: else they only fill a mailbox.</param>
public sealed record MailEnvelope(string Id, bool AsksForSuccess = false);
