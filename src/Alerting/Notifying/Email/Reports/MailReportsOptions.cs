using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Alerting.Notifying.Email.Reports;

/// <summary>
/// The mailbox to which mail servers report what became of our e-mail: the one of "from". Part "reports" of "alerting.email"; without it
/// only what the mail server says at once is known.
/// </summary>
public sealed record MailReportsOptions
{
    /// <summary>The IMAP server's name.</summary>
    public string Host { get; init; } = "";

    /// <summary>993 with tls, else 143, where it is not given.</summary>
    public int? Port { get; init; }

    public SmtpSecurity Security { get; init; } = SmtpSecurity.Tls;

    /// <summary>The mailbox's login; that of "smtp" where it is not given.</summary>
    public string? Username { get; init; }

    public Secret Password { get; init; } = Secret.None;

    /// <summary>A login by token in place of a password.</summary>
    public OAuthOptions? OAuth { get; init; }

    /// <summary>Where reports arrive.</summary>
    public string Folder { get; init; } = "INBOX";

    /// <summary>How often it is looked at where the server does not say by itself that something arrived. 10 seconds to an hour.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Asks people's mail programs to say when a message is opened; most ask the person first.</summary>
    public bool ReadReceipts { get; init; }

    /// <summary>A PEM file with the authority that signed the server's certificate, where the machine does not know it. Relative to the configuration's folder.</summary>
    public string? CertificateAuthority { get; init; }

    public int EffectivePort => Port ?? (Security == SmtpSecurity.Tls ? 993 : 143);

    /// <summary>The same with the login that holds.</summary>
    internal MailReportsOptions WithLogin(SmtpOptions? smtp) =>
        Username is not null || smtp is null ? this : this with { Username = smtp.Username, Password = smtp.Password, OAuth = smtp.OAuth };

    internal static void Validate(MailReportsOptions options, EmailOptions email, string configFolder, Problems problems)
    {
        var login = options.WithLogin(email.Smtp);
        if (Uri.CheckHostName(options.Host) == UriHostNameType.Unknown)
            problems.Add("host", "must be the IMAP server's name, such as \"imap.district.example\"");
        if (options.Port is < 1 or > 65535)
            problems.Add("port", "must be 1 to 65535");
        if (login.OAuth is { } oauth)
            OAuthOptions.Validate(oauth, problems.At("oAuth"));
        if (login.Username is null || (login.Password.IsEmpty && login.OAuth is null))
            problems.Add("username", "a mailbox needs a login: \"username\" with \"password\" or \"oAuth\", here or in \"smtp\"");
        if (options.Security == SmtpSecurity.None && options.Host is not ("localhost" or "127.0.0.1" or "::1"))
            problems.Add("security", "must not be \"none\": the password would travel in clear");
        if (string.IsNullOrWhiteSpace(options.Folder))
            problems.Add("folder", "must be a folder of the mailbox, such as \"INBOX\"");
        if (options.Every < TimeSpan.FromSeconds(10) || options.Every > TimeSpan.FromHours(1))
            problems.Add("every", "must be 10s to 1h");
        if (options.CertificateAuthority is { } file && !File.Exists(Path.GetFullPath(file, configFolder)))
            problems.Add("certificateAuthority", "there is no such file");
    }
}
