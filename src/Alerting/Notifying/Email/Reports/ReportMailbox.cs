using MailKit;
using MailKit.Net.Imap;
using MailKit.Search;
using MailKit.Security;
using MimeKit;

namespace ThreatWatch.Alerting.Notifying.Email.Reports;

/// <summary>Reads reports out of the mailbox by IMAP, and hears when something arrives. What is no report is left as it is, unread: people may use the mailbox too.</summary>
internal sealed class ReportMailbox(MailTokens tokens, TimeProvider time) : IDisposable
{
    private const int MostBytes = 2_000_000;
    private static readonly TimeSpan Back = TimeSpan.FromDays(3);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly HashSet<UniqueId> _passed = [];
    private (ImapClient Client, MailReportsOptions Options)? _open;
    private (IMailFolder Folder, int Count)? _read;

    /// <summary>Hands each new report on and then marks it as read, so that one that broke off comes again.</summary>
    /// <param name="handle">True where it was a report of one of our mails.</param>
    public async Task ReadAsync(MailReportsOptions options, string configFolder, Func<MimeMessage, Task<bool>> handle, CancellationToken cancellationToken)
    {
        try
        {
            var client = await ConnectAsync(options, configFolder, cancellationToken);
            var folder = await OpenAsync(client, options, cancellationToken);
            _read = (folder, folder.Count);
            var query = SearchQuery.NotSeen.And(SearchQuery.DeliveredAfter((time.GetUtcNow() - Back).UtcDateTime)).And(SearchQuery.SmallerThan(MostBytes));
            foreach (var id in (await folder.SearchAsync(query, cancellationToken)).Where(id => !_passed.Contains(id)))
            {
                var headers = await folder.GetHeadersAsync(id, cancellationToken);
                var isReport = MailReport.IsReport(headers);
                if ((isReport || FreeBounce.IsFromMailSystem(headers)) && (await handle(await folder.GetMessageAsync(id, cancellationToken)) || isReport))
                    await folder.AddFlagsAsync(id, MessageFlags.Seen, true, cancellationToken);

                _passed.Add(id);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Waits by IDLE (RFC 2177) until something arrives, at most for a while; null where the server knows no IDLE, true where it is worth a look.</summary>
    public async Task<bool?> AwaitAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        if (_open is not { Client: { IsAuthenticated: true } client } || _read is not { Folder: { IsOpen: true } folder, Count: var count } || !client.Capabilities.HasFlag(ImapCapabilities.Idle))
            return null;
        using var done = new CancellationTokenSource(atMost, time);
        void Arrived(object? sender, EventArgs arguments) => done.Cancel();
        folder.CountChanged += Arrived;
        try
        {
            // What came while we read is not said again.
            if (folder.Count == count)
                await client.IdleAsync(done.Token, cancellationToken);
            return folder.Count != count;
        }
        catch
        {
            Dispose();
            throw;
        }
        finally
        {
            folder.CountChanged -= Arrived;
        }
    }

    /// <summary>Connects, logs in and opens the folder.</summary>
    public async Task ProbeAsync(MailReportsOptions options, string configFolder, CancellationToken cancellationToken) =>
        await OpenAsync(await ConnectAsync(options, configFolder, cancellationToken), options, cancellationToken);

    public void Dispose()
    {
        _open?.Client.Dispose();
        (_open, _read) = (null, null);
    }

    private async Task<ImapClient> ConnectAsync(MailReportsOptions options, string configFolder, CancellationToken cancellationToken)
    {
        if (_open is { } open && open.Options == options && open.Client.IsAuthenticated)
            return open.Client;
        Dispose();
        var client = new ImapClient { Timeout = (int)Patience.TotalMilliseconds, CheckCertificateRevocation = false };
        _open = (client, options);
        var authority = options.CertificateAuthority is { } file ? Path.GetFullPath(file, configFolder) : null;
        await MailTls.ConnectAsync(
            client, authority, checkRevocation: false,
            () => client.ConnectAsync(options.Host, options.EffectivePort, MailTls.Options(options.Security), cancellationToken));
        if (options.OAuth is { } oauth)
            await LogInAsync(client, options.Username!, oauth, cancellationToken);
        else
            await client.AuthenticateAsync(options.Username!, options.Password.Reveal(), cancellationToken);
        return client;
    }

    private async Task LogInAsync(ImapClient client, string mailbox, OAuthOptions oauth, CancellationToken cancellationToken)
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

    private static async Task<IMailFolder> OpenAsync(ImapClient client, MailReportsOptions options, CancellationToken cancellationToken)
    {
        var folder = options.Folder.Equals("INBOX", StringComparison.OrdinalIgnoreCase) ? client.Inbox! : await client.GetFolderAsync(options.Folder, cancellationToken);
        // A folder that is open already is asked for what came since.
        if (folder.IsOpen)
            await folder.CheckAsync(cancellationToken);
        else
            await folder.OpenAsync(FolderAccess.ReadWrite, cancellationToken);
        return folder;
    }
}
