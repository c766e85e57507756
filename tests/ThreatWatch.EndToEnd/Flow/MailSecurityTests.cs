using System.Text.Json.Nodes;
using MimeKit;
using ThreatWatch.Alerting.Notifying;
using ThreatWatch.Alerting.Notifying.Email;
using ThreatWatch.Alerting.Notifying.Http;
using ThreatWatch.EndToEnd.Machine;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Tests.Alerting.Notifying.Twilio;
using ThreatWatch.Tests.Wire;

namespace ThreatWatch.EndToEnd.Flow;

/// <summary>Mail over TLS with a login, on a real server: what is right gets through, what is wrong is a failed channel that says what to mend.</summary>
public sealed class MailSecurityTests(TestMachine machine) : IDisposable
{
    private const string Host = "127.0.0.1";
    private const string User = "watch@district.example";
    private const string Password = "correct horse";
    private readonly TestAuthority _authority = new(machine.NewFolder("authority"));
    private readonly ProviderHttp _http = new(TimeProvider.System);

    public void Dispose()
    {
        _http.Dispose();
        _authority.Dispose();
    }

    [Theory]
    [InlineData(SmtpSecurity.StartTls, "LOGIN")]
    [InlineData(SmtpSecurity.StartTls, "PLAIN")]
    [InlineData(SmtpSecurity.Tls, "LOGIN")]
    [InlineData(SmtpSecurity.Tls, "PLAIN")]
    public async Task A_mail_goes_over_TLS_with_the_login_that_the_server_knows(SmtpSecurity security, string mechanism)
    {
        await using var server = await ServerAsync(security, Host, mechanism: mechanism);

        Assert.IsType<SendOutcome.Sent>(await SendAsync(Options(server, security)));

        var mail = Assert.Single(server.Received());
        Assert.Equal((true, User), (mail.Tls, mail.User));
    }

    [Theory]
    [InlineData(SmtpSecurity.StartTls)]
    [InlineData(SmtpSecurity.Tls)]
    public async Task A_wrong_password_is_said_and_nothing_is_sent(SmtpSecurity security)
    {
        await using var server = await ServerAsync(security, Host);

        await RefusedAsync(server, Options(server, security) with { Password = new Secret("wrong") }, "the mail server refuses the login");
    }

    [Theory]
    [InlineData(SmtpSecurity.StartTls)]
    [InlineData(SmtpSecurity.Tls)]
    public async Task A_certificate_for_another_name_is_refused(SmtpSecurity security)
    {
        await using var server = await ServerAsync(security, "mail.elsewhere.example");

        await RefusedAsync(server, Options(server, security), "the mail server's certificate is for another name than the configured host");
    }

    [Theory]
    [InlineData(SmtpSecurity.StartTls)]
    [InlineData(SmtpSecurity.Tls)]
    public async Task A_certificate_that_has_expired_is_refused(SmtpSecurity security)
    {
        await using var server = await ServerAsync(security, Host, TimeSpan.FromDays(-1));

        await RefusedAsync(server, Options(server, security), "the mail server's certificate has expired or is not valid yet");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_certificate_of_an_authority_that_nobody_named_is_refused(bool anotherIsNamed)
    {
        await using var server = await ServerAsync(SmtpSecurity.Tls, Host);
        using var other = new TestAuthority(machine.NewFolder("other"));

        await RefusedAsync(
            server,
            Options(server, SmtpSecurity.Tls) with { CertificateAuthority = anotherIsNamed ? other.File : null },
            "the mail server's certificate is signed by an authority that is not trusted (certificateAuthority)");
    }

    [Fact]
    public async Task A_server_that_speaks_another_TLS_than_configured_gets_nothing()
    {
        await using var server = await ServerAsync(SmtpSecurity.StartTls, Host);

        await RefusedAsync(server, Options(server, SmtpSecurity.Tls), "the mail server and we agree on no TLS");
    }

    [Fact]
    public async Task A_token_of_the_token_server_is_the_login_and_one_that_the_mail_server_refuses_is_fetched_anew()
    {
        var tokens = new Queue<string>(["stale", "fresh"]);
        await using var tokenServer = new ScriptedServer(_ => WireReply.Ok($$"""{"access_token":"{{tokens.Dequeue()}}","expires_in":3600}"""));
        await using var server = await ServerAsync(SmtpSecurity.StartTls, Host, mechanism: "XOAUTH2", token: "fresh");
        var options = Options(server, SmtpSecurity.StartTls) with
        {
            Password = Secret.None,
            OAuth = new OAuthOptions { TokenUrl = tokenServer.Url(), ClientId = "client", ClientSecret = new Secret("secret"), Scope = "https://outlook.office365.com/.default" },
        };
        using var pool = Pool();

        await RefusedAsync(server, options, "the mail server refuses the login", pool);
        Assert.IsType<SendOutcome.Sent>(await SendAsync(options, pool));

        Assert.Equal((true, User), Assert.Single(server.Received()) is var mail ? (mail.Tls, mail.User) : default);
    }

    [Fact]
    public async Task The_daemon_turns_to_the_phone_at_once_where_the_certificate_has_expired_and_says_why()
    {
        await using var server = await ServerAsync(SmtpSecurity.StartTls, Host, TimeSpan.FromDays(-1));
        await using var phones = new ScriptedTwilio(TimeProvider.System.GetUtcNow);
        await using var pipeline = await Pipeline.OpenAsync(machine, "embedded");
        var alerting = pipeline.Settings["alerting"]!;
        alerting["escalation"] = new JsonObject { ["steps"] = new JsonArray(new JsonObject { ["channels"] = new JsonArray("email"), ["alsoAtCritical"] = new JsonArray() }) };
        alerting["email"]!["smtp"] = new JsonObject
        {
            ["host"] = Host, ["port"] = server.Port, ["security"] = "startTls", ["username"] = User, ["password"] = Password, ["certificateAuthority"] = _authority.File,
        };
        alerting["twilio"] = new JsonObject { ["accountSid"] = ScriptedTwilio.Account, ["authToken"] = ScriptedTwilio.Token, ["url"] = phones.Url.AbsoluteUri };
        alerting["sms"] = new JsonObject { ["from"] = "+15555550190" };
        var process = pipeline.Processes[0];
        process.Write(pipeline.Settings);
        pipeline.Threaten(1);
        await pipeline.StartAsync();

        await TestMachine.EventuallyAsync(
            () => Task.FromResult(!phones.Taken.IsEmpty), TimeSpan.FromSeconds(60), () => string.Join('\n', process.Log.TakeLast(30)));

        Assert.Equal(Pipeline.Phone, Assert.Single(phones.Taken)["To"]);
        Assert.Empty(server.Received());
        Assert.Contains(process.Log, line => line.Contains("certificate has expired", StringComparison.Ordinal));
    }

    private SmtpPool Pool() => new(TimeProvider.System, new MailTokens(_http, TimeProvider.System));

    private async Task<RealMailServer> ServerAsync(SmtpSecurity security, string name, TimeSpan? endsIn = null, string? mechanism = null, string? token = null)
    {
        TestMachine.Require(RealMailServer.Missing);
        var (certificate, key) = _authority.Issue(name, endsIn ?? TimeSpan.FromDays(30));
        return await RealMailServer.StartAsync(
            machine.NewFolder("mail"), User, Password, certificate, key, @implicit: security == SmtpSecurity.Tls, mechanism, token);
    }

    private SmtpOptions Options(RealMailServer server, SmtpSecurity security) => new()
    {
        Host = Host, Port = server.Port, Security = security, Username = User, Password = new Secret(Password), CertificateAuthority = _authority.File,
        Timeout = TimeSpan.FromSeconds(5),
    };

    private async Task RefusedAsync(RealMailServer server, SmtpOptions options, string why, SmtpPool? pool = null)
    {
        Assert.Equal(why, Assert.IsType<SendOutcome.RetryLater>(await SendAsync(options, pool)).Why);
        Assert.Empty(server.Received());
    }

    private async Task<SendOutcome> SendAsync(SmtpOptions options, SmtpPool? pool = null)
    {
        using var mail = new MimeMessage { MessageId = "n1@district.example", Subject = "HIGH threat", Body = new TextPart { Text = "words" } };
        mail.From.Add(new MailboxAddress("ThreatWatch", User));
        mail.To.Add(new MailboxAddress("Officer", Pipeline.Officer));
        using var own = pool is null ? Pool() : null;
        return await (pool ?? own!).SendAsync(mail, new MailEnvelope("n1"), options, "/", CancellationToken.None);
    }
}
