using MimeKit;
using ThreatWatch.Alerting.Notifying.Email.Reports;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Alerting.Notifying.Email;

/// <summary>How e-mail leaves. Part "email" of section "alerting".</summary>
public sealed record EmailOptions
{
    /// <summary>The sender, "Name &lt;address&gt;" or an address alone.</summary>
    public string From { get; init; } = "ThreatWatch <threatwatch@localhost>";

    /// <summary>Where answers go; to the sender where it is not given.</summary>
    public string? ReplyTo { get; init; }

    /// <summary>The mail server; without it messages are written as .eml files into <see cref="PickupFolder"/>.</summary>
    public SmtpOptions? Smtp { get; init; }

    /// <summary>The mailbox in which mail servers report what came back or arrived; null where nobody looks.</summary>
    public MailReportsOptions? Reports { get; init; }

    /// <summary>Signs by DKIM; null where the mail server does it.</summary>
    public DkimOptions? Dkim { get; init; }

    /// <summary>Relative to the configuration's folder.</summary>
    public string PickupFolder { get; init; } = "../var/outbox";

    internal static void Validate(EmailOptions options, string configFolder, Problems problems)
    {
        if (!TryAddress(options.From, out _))
            problems.Add("from", "must be an e-mail address, alone or as \"Name <address>\"");
        if (options.ReplyTo is not null && !TryAddress(options.ReplyTo, out _))
            problems.Add("replyTo", "must be an e-mail address, alone or as \"Name <address>\"");
        if (options.Dkim is { } dkim)
            DkimOptions.Validate(dkim, options.From, problems.At("dkim"));
        if (options.Reports is { } reports)
            MailReportsOptions.Validate(reports, options, configFolder, problems.At("reports"));
        if (options.Smtp is { } smtp)
            SmtpOptions.Validate(smtp, configFolder, problems.At("smtp"));
        else if (string.IsNullOrWhiteSpace(options.PickupFolder))
            problems.Add("pickupFolder", "is needed where no \"smtp\" is set up");
    }

    internal static bool TryAddress(string text, out MailboxAddress address) =>
        MailboxAddress.TryParse(text, out address!) && address.Address.Contains('@', StringComparison.Ordinal) && !address.Address.EndsWith('@');
}

/// <summary>A mail server.</summary>
public sealed record SmtpOptions
{
    public string Host { get; init; } = "";

    /// <summary>587 with startTls, 465 with tls, 25 with none, where it is not given.</summary>
    public int? Port { get; init; }

    public SmtpSecurity Security { get; init; } = SmtpSecurity.StartTls;

    /// <summary>Null where the server asks for no login.</summary>
    public string? Username { get; init; }

    public Secret Password { get; init; } = Secret.None;

    /// <summary>A login by token in place of a password.</summary>
    public OAuthOptions? OAuth { get; init; }

    /// <summary>A PEM file with the authority that signed the server's certificate, where the machine does not know it. Relative to the configuration's folder.</summary>
    public string? CertificateAuthority { get; init; }

    /// <summary>Asks the authority whether the certificate was revoked; needs its address to be reachable.</summary>
    public bool CheckRevocation { get; init; }

    /// <summary>For one answer of the server. 1 s to 60 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Connections at a time, 1 to 50. Those that the server refuses rest for ten minutes: Microsoft 365 allows 3.</summary>
    public int Connections { get; init; } = 10;

    /// <summary>Messages within any minute, 6 to 6000; null for as many as there are. Microsoft 365 slows a mailbox down that sends more than 30.</summary>
    public int? PerMinute { get; init; }

    /// <summary>Of <see cref="PerMinute"/>, those that may leave at once; the others follow evenly.</summary>
    internal int? Burst => PerMinute / 3;

    public int EffectivePort => Port ?? Security switch
    {
        SmtpSecurity.Tls => 465,
        SmtpSecurity.StartTls => 587,
        _ => 25,
    };

    internal static void Validate(SmtpOptions options, string configFolder, Problems problems)
    {
        if (Uri.CheckHostName(options.Host) == UriHostNameType.Unknown)
            problems.Add("host", "must be the mail server's name, such as \"smtp.district.example\"");
        if (options.Port is < 1 or > 65535)
            problems.Add("port", "must be 1 to 65535");
        if (options.OAuth is { } oauth)
            OAuthOptions.Validate(oauth, problems.At("oAuth"));
        if (options.OAuth is not null && (options.Username is null || !options.Password.IsEmpty))
            problems.Add("oAuth", "needs \"username\", the mailbox that sends, and no \"password\"");
        else if (options.OAuth is null && options.Username is null != options.Password.IsEmpty)
            problems.Add(options.Username is null ? "username" : "password", "a login needs both \"username\" and \"password\"");
        if (options.Username is not null && options.Security == SmtpSecurity.None && options.Host is not ("localhost" or "127.0.0.1" or "::1"))
            problems.Add("security", "must not be \"none\" with a login: the password would travel in clear");
        if (options.CertificateAuthority is { } file && !File.Exists(Path.GetFullPath(file, configFolder)))
            problems.Add("certificateAuthority", "there is no such file");
        if (options.Timeout < TimeSpan.FromSeconds(1) || options.Timeout > TimeSpan.FromSeconds(60))
            problems.Add("timeout", "must be 1s to 60s");
        if (options.Connections is < 1 or > 50)
            problems.Add("connections", "must be 1 to 50");
        if (options.PerMinute is < 6 or > 6000)
            problems.Add("perMinute", "must be 6 to 6000");
    }
}

/// <summary>How the connection is protected.</summary>
public enum SmtpSecurity
{
    /// <summary>Begins in clear and must switch to TLS; a server that does not offer it is refused.</summary>
    StartTls,

    /// <summary>TLS from the first byte.</summary>
    Tls,

    /// <summary>In clear: for a relay on the same machine.</summary>
    None,
}
