using System.Text;
using Microsoft.Extensions.Time.Testing;
using MimeKit;
using ThreatWatch.Alerting.Notifying;
using ThreatWatch.Alerting.Notifying.Email;
using ThreatWatch.Alerting.Notifying.Http;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Tests.Alerting.Notifying.Twilio;
using ThreatWatch.Tests.Wire;

namespace ThreatWatch.Tests.Alerting.Notifying.Email;

public sealed class MailTokensTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new(AlertingHouse.Start);
    private readonly ScriptedServer _issuer;
    private readonly SmtpPool _pool;
    private int _tokens;
    private WireReply? _refusal;

    public MailTokensTests()
    {
        _issuer = new ScriptedServer(_ => _refusal ?? WireReply.Ok($$"""{"access_token":"token-{{++_tokens}}","expires_in":3600,"token_type":"Bearer"}"""));
        _pool = new SmtpPool(_time, new MailTokens(new ProviderHttp(_time), _time));
    }

    [Theory]
    [InlineData("XOAUTH2", "user=alerts@maplevalley.example\u0001auth=Bearer token-1\u0001\u0001")]
    [InlineData("OAUTHBEARER", "n,a=alerts@maplevalley.example,\u0001auth=Bearer token-1\u0001\u0001")]
    public async Task The_login_is_by_a_token_in_the_way_that_the_server_offers(string mechanism, string login)
    {
        using var server = Server(mechanism);
        Assert.IsType<SendOutcome.Sent>(await SendAsync(server));
        var form = ScriptedTwilio.Form(Assert.Single(_issuer.Requests).Text);
        Assert.Equal(("client_credentials", "client", "s3cret", "mail"), (form["grant_type"], form["client_id"], form["client_secret"], form["scope"]));
        var said = Encoding.UTF8.GetString(Convert.FromBase64String(server.Commands.Single(line => line.StartsWith($"AUTH {mechanism} ", StringComparison.Ordinal)).Split(' ')[2]));
        Assert.StartsWith(login.Split('\u0001')[0], said, StringComparison.Ordinal);
        Assert.Contains("\u0001auth=Bearer token-1\u0001", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_serves_many_logins_and_is_renewed_before_it_ends()
    {
        using var server = Server("XOAUTH2");
        await SendAsync(server);
        _time.Advance(TimeSpan.FromMinutes(57));
        await SendAsync(server);
        Assert.Single(_issuer.Requests);
        _time.Advance(TimeSpan.FromMinutes(2));
        await SendAsync(server);
        Assert.Equal(2, _issuer.Requests.Count);
    }

    [Fact]
    public async Task A_token_that_the_mail_server_refuses_is_not_used_again()
    {
        var logins = 0;
        using var server = Server("XOAUTH2", line => line.StartsWith("AUTH", StringComparison.Ordinal) && ++logins == 1 ? "535 5.7.8 no" : null);
        Assert.Equal("the mail server refuses the login", Assert.IsType<SendOutcome.RetryLater>(await SendAsync(server)).Why);
        Assert.IsType<SendOutcome.Sent>(await SendAsync(server));
        Assert.Equal(2, _issuer.Requests.Count);
    }

    [Fact]
    public async Task A_refresh_token_stands_for_a_persons_consent()
    {
        using var server = Server("XOAUTH2");
        await SendAsync(server, oauth => oauth with { RefreshToken = new Secret("consent") });
        var form = ScriptedTwilio.Form(Assert.Single(_issuer.Requests).Text);
        Assert.Equal(("refresh_token", "consent"), (form["grant_type"], form["refresh_token"]));
    }

    [Fact]
    public async Task Where_no_token_is_to_be_had_the_reason_is_said_and_the_mail_stays_due()
    {
        _refusal = WireReply.Of(401, Encoding.UTF8.GetBytes("""{"error":"invalid_client","error_description":"somebody's name"}"""));
        using var server = Server("XOAUTH2");
        Assert.Equal("the token server answers 401 (invalid_client)", Assert.IsType<SendOutcome.RetryLater>(await SendAsync(server)).Why);
    }

    public async ValueTask DisposeAsync()
    {
        _pool.Dispose();
        await _issuer.DisposeAsync();
    }

    private static ScriptedSmtpServer Server(string mechanism, Func<string, string?>? script = null) =>
        new(line => script?.Invoke(line) ?? (line.StartsWith("EHLO", StringComparison.Ordinal) ? $"250-mail.example\r\n250-AUTH {mechanism}\r\n250 8BITMIME" : null));

    private async Task<SendOutcome> SendAsync(ScriptedSmtpServer server, Func<OAuthOptions, OAuthOptions>? change = null)
    {
        var oauth = new OAuthOptions { TokenUrl = _issuer.Url("/token"), ClientId = "client", ClientSecret = new Secret("s3cret"), Scope = "mail" };
        var options = new SmtpOptions
        {
            Host = "127.0.0.1", Port = server.Port, Security = SmtpSecurity.None, Timeout = TimeSpan.FromSeconds(5), Username = "alerts@maplevalley.example",
            OAuth = change is null ? oauth : change(oauth),
        };
        using var mail = new MimeMessage { MessageId = "n1@maplevalley.example", Subject = "HIGH threat", Body = new TextPart { Text = "words" } };
        mail.From.Add(new MailboxAddress("ThreatWatch", "alerts@maplevalley.example"));
        mail.To.Add(new MailboxAddress("Officer", "ortega@maplevalley.example"));
        return await _pool.SendAsync(mail, new MailEnvelope("n1"), options, "/", CancellationToken.None);
    }
}
