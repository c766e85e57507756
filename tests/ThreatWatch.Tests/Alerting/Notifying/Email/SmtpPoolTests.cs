using Microsoft.Extensions.Time.Testing;
using MimeKit;
using ThreatWatch.Alerting.Notifying;
using ThreatWatch.Alerting.Notifying.Email;
using ThreatWatch.Alerting.Notifying.Http;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Tests.Alerting.Notifying.Email;

public sealed class SmtpPoolTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly SmtpPool _pool;

    public SmtpPoolTests() => _pool = new SmtpPool(_time, new MailTokens(new ProviderHttp(_time), _time));

    public void Dispose() => _pool.Dispose();

    [Fact]
    public async Task An_accepted_message_bears_its_message_id_and_the_servers_answer()
    {
        using var server = new ScriptedSmtpServer();
        var sent = Assert.IsType<SendOutcome.Sent>(await SendAsync(server));
        Assert.Equal(("<n1@maplevalley.example>", "2.0.0 Ok: queued as 4F1B2"), (sent.ProviderId, sent.Detail));
        Assert.Contains("Message-Id: <n1@maplevalley.example>", Assert.Single(server.Accepted), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_report_is_asked_for_where_the_mail_is_not_delivered()
    {
        using var server = new ScriptedSmtpServer();
        await SendAsync(server);
        Assert.Contains(server.Commands, line => line.StartsWith("MAIL FROM", StringComparison.Ordinal) && line.Contains("ENVID=n1", StringComparison.Ordinal));
        Assert.Contains(server.Commands, line => line.StartsWith("RCPT TO", StringComparison.Ordinal) && line.Contains("NOTIFY=FAILURE,DELAY", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("CONNECT", "421 4.3.2 too busy")]
    [InlineData("MAIL", "451 4.3.0 try later")]
    [InlineData("RCPT", "450 4.2.0 greylisted for ortega@maplevalley.example")]
    [InlineData("DATA", "452 4.3.1 disk full")]
    [InlineData(".", "451 4.3.0 try later")]
    [InlineData("MAIL", "550 5.7.1 sender alerts@maplevalley.example refused")]
    [InlineData("CONNECT", ScriptedSmtpServer.Drop)]
    [InlineData("DATA", ScriptedSmtpServer.Drop)]
    [InlineData("BODY", ScriptedSmtpServer.Drop)]
    [InlineData(".", ScriptedSmtpServer.Drop)]
    [InlineData("CONNECT", ScriptedSmtpServer.Silence)]
    [InlineData(".", ScriptedSmtpServer.Silence)]
    public async Task What_may_pass_is_tried_again(string at, string answer)
    {
        using var server = new ScriptedSmtpServer(line => line.StartsWith(at, StringComparison.Ordinal) ? answer : null);
        var later = Assert.IsType<SendOutcome.RetryLater>(await SendAsync(server));
        Assert.DoesNotContain('@', later.Why);
        Assert.Empty(server.Accepted);
    }

    [Theory]
    [InlineData("RCPT", "550 5.1.1 <ortega@maplevalley.example> no such user", "550 5.1.1")]
    [InlineData(".", "554 5.7.1 message refused", "554 5.7.1")]
    public async Task What_never_will_work_is_rejected_with_the_code_alone(string at, string answer, string code)
    {
        using var server = new ScriptedSmtpServer(line => line.StartsWith(at, StringComparison.Ordinal) ? answer : null);
        var rejected = Assert.IsType<SendOutcome.Rejected>(await SendAsync(server));
        Assert.Contains(code, rejected.Why, StringComparison.Ordinal);
        Assert.DoesNotContain('@', rejected.Why);
    }

    [Fact]
    public async Task A_mail_that_had_to_wait_for_a_connection_is_looked_at_once_more_before_it_leaves()
    {
        using var server = new ScriptedSmtpServer();
        var acknowledged = false;
        using var mail = Mail();
        var options = new SmtpOptions { Host = "127.0.0.1", Port = server.Port, Security = SmtpSecurity.None, Connections = 1 };
        var first = _pool.SendAsync(mail, new MailEnvelope("n1"), options, ".", CancellationToken.None, _ =>
        {
            acknowledged = true;
            return Task.FromResult(true);
        });
        var second = await _pool.SendAsync(mail, new MailEnvelope("n2"), options, ".", CancellationToken.None, _ => Task.FromResult(!acknowledged));
        Assert.IsType<SendOutcome.Sent>(await first);
        Assert.Equal(new SendOutcome.Rejected("somebody acknowledged before it left"), second);
        Assert.Equal((1, 1), (server.Accepted.Count, server.Connections));
    }

    [Fact]
    public async Task Beyond_the_rate_of_a_minute_a_mail_waits_for_its_turn()
    {
        using var server = new ScriptedSmtpServer();
        using var mail = Mail();
        using var stop = new CancellationTokenSource();
        var paced = Options(server) with { PerMinute = 6 };
        for (var i = 0; i < 2; i++)
            Assert.IsType<SendOutcome.Sent>(await _pool.SendAsync(mail, new MailEnvelope("n1"), paced, ".", CancellationToken.None));
        var third = _pool.SendAsync(mail, new MailEnvelope("n3"), paced, ".", stop.Token);
        using var other = new SmtpPool(_time, new MailTokens(new ProviderHttp(_time), _time));
        for (var i = 0; i < 5; i++)
            Assert.IsType<SendOutcome.Sent>(await other.SendAsync(mail, new MailEnvelope("n4"), Options(server), ".", CancellationToken.None));

        Assert.False(third.IsCompleted);
        Assert.Equal(7, server.Accepted.Count);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => third);
    }

    [Fact]
    public async Task A_refused_login_keeps_the_message_due()
    {
        using var server = new ScriptedSmtpServer(line => line.StartsWith("AUTH", StringComparison.Ordinal) ? "535 5.7.8 no" : null);
        var options = Options(server) with { Username = "threatwatch", Password = new Secret("wrong") };
        var later = Assert.IsType<SendOutcome.RetryLater>(await SendAsync(server, options));
        Assert.Equal("the mail server refuses the login", later.Why);
    }

    [Fact]
    public async Task Where_tls_is_configured_nothing_is_sent_without_it()
    {
        using var server = new ScriptedSmtpServer();
        var later = Assert.IsType<SendOutcome.RetryLater>(await SendAsync(server, Options(server) with { Security = SmtpSecurity.StartTls }));
        Assert.Contains("STARTTLS", later.Why, StringComparison.Ordinal);
        Assert.DoesNotContain(server.Commands, line => line.StartsWith("MAIL", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nobody_listening_is_tried_again()
    {
        int port;
        using (var server = new ScriptedSmtpServer())
            port = server.Port;
        var options = new SmtpOptions { Host = "127.0.0.1", Port = port, Security = SmtpSecurity.None };
        using var mail = Mail();
        Assert.IsType<SendOutcome.RetryLater>(await _pool.SendAsync(mail, new MailEnvelope("n1"), options, "/", CancellationToken.None));
    }

    [Fact]
    public async Task A_hundred_messages_share_the_connections()
    {
        using var server = new ScriptedSmtpServer();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => SendAsync(server)));
        Assert.All(outcomes, outcome => Assert.IsType<SendOutcome.Sent>(outcome));
        Assert.Equal(100, server.Accepted.Count);
        Assert.InRange(server.Connections, 1, new SmtpOptions().Connections);
    }

    [Theory]
    [InlineData("CONNECT", "421 4.7.0 Too many connections from your address")]
    [InlineData("MAIL", "432 4.3.2 Concurrent connections limit exceeded")]
    public async Task Where_the_server_bears_fewer_connections_all_mails_go_by_those_and_more_are_tried_after_a_while(string at, string answer)
    {
        const int Most = 3;
        var (refusals, bears) = (0, false);
        ScriptedSmtpServer? server = null;
        server = new ScriptedSmtpServer(line =>
        {
            // The first mails find a server that has others to serve too.
            if (bears || !line.StartsWith(at, StringComparison.Ordinal) || Interlocked.Increment(ref refusals) > new SmtpOptions().Connections - Most)
                return null;
            return answer;
        });
        using (server)
        {
            var outcomes = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => SendAsync(server)));
            Assert.All(outcomes, outcome => Assert.IsType<SendOutcome.Sent>(outcome));
            Assert.Equal(100, server.Accepted.Count);
            Assert.InRange(server.Connections, 1, new SmtpOptions().Connections);

            (bears, var before) = (true, server.Connections);
            _time.Advance(TimeSpan.FromMinutes(10));
            Assert.All(await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => SendAsync(server))), outcome => Assert.IsType<SendOutcome.Sent>(outcome));
            Assert.InRange(server.Connections - before, 1, new SmtpOptions().Connections);
        }
    }

    [Fact]
    public async Task A_server_that_bears_no_connection_at_all_is_tried_again_later()
    {
        using var server = new ScriptedSmtpServer(line => line == "CONNECT" ? "421 4.7.0 too many connections" : null);
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => SendAsync(server))), outcome => Assert.IsType<SendOutcome.RetryLater>(outcome));
    }

    [Fact]
    public async Task A_connection_that_the_server_closed_meanwhile_is_replaced_at_once()
    {
        var mails = 0;
        using var server = new ScriptedSmtpServer(line => line.StartsWith("MAIL", StringComparison.Ordinal) && ++mails == 2 ? ScriptedSmtpServer.Drop : null);
        await SendAsync(server);
        Assert.IsType<SendOutcome.Sent>(await SendAsync(server));
        Assert.Equal(2, server.Connections);
    }

    [Fact]
    public async Task A_refused_recipient_does_not_cost_the_connection()
    {
        var recipients = 0;
        using var server = new ScriptedSmtpServer(line => line.StartsWith("RCPT", StringComparison.Ordinal) && ++recipients == 1 ? "550 5.1.1 no" : null);
        Assert.IsType<SendOutcome.Rejected>(await SendAsync(server));
        Assert.IsType<SendOutcome.Sent>(await SendAsync(server));
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task An_idle_connection_is_not_trusted_for_long()
    {
        using var server = new ScriptedSmtpServer();
        await SendAsync(server);
        _time.Advance(TimeSpan.FromSeconds(21));
        await SendAsync(server);
        Assert.Equal(2, server.Connections);
    }

    private static SmtpOptions Options(ScriptedSmtpServer server) =>
        new() { Host = "127.0.0.1", Port = server.Port, Security = SmtpSecurity.None, Timeout = TimeSpan.FromSeconds(1) };

    private async Task<SendOutcome> SendAsync(ScriptedSmtpServer server, SmtpOptions? options = null)
    {
        using var mail = Mail();
        return await _pool.SendAsync(mail, new MailEnvelope("n1"), options ?? Options(server), "/", CancellationToken.None);
    }

    private static MimeMessage Mail()
    {
        var mail = new MimeMessage { MessageId = "n1@maplevalley.example", Subject = "HIGH threat", Body = new TextPart { Text = "words" } };
        mail.From.Add(new MailboxAddress("ThreatWatch", "alerts@maplevalley.example"));
        mail.To.Add(new MailboxAddress("Officer", "ortega@maplevalley.example"));
        return mail;
    }
}
