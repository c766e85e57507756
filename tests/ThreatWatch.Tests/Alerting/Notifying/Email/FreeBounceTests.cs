using System.Text;
using MimeKit;
using ThreatWatch.Alerting.Notifying.Email.Reports;

namespace ThreatWatch.Tests.Alerting.Notifying.Email;

public sealed class FreeBounceTests
{
    private const string Id = "0123456789abcdef0123456789abcdef";
    private const string MessageId = $"<{Id}@maplevalley.example>";

    public static TheoryData<string, string?> Bounces => new()
    {
        { SomeBounce.Postfix(MessageId), "Failed the mail came back (5.1.1)" },
        { SomeBounce.Exim(MessageId), "Failed the mail came back (5.1.1)" },
        { SomeBounce.Exchange(MessageId), "Failed the mail came back" },
        { SomeBounce.Gmail(MessageId), "Failed the mail came back" },
        { SomeBounce.Spanish(MessageId), "Failed the mail came back (4.2.2)" },
        { SomeBounce.Holiday(MessageId), null },
        { SomeBounce.Success(MessageId), null },
        { SomeBounce.Nameless(), null },
        { SomeBounce.Exim("<of-another@program.example>"), null },
    };

    [Theory]
    [MemberData(nameof(Bounces))]
    public void A_bounce_in_free_words_counts_where_a_mail_system_names_our_mail(string mail, string? expected)
    {
        var report = MailReport.Read(MimeMessage.Load(new MemoryStream(Encoding.UTF8.GetBytes(mail))));
        Assert.Equal(expected is null ? null : $"{Id} {MessageId} {expected}", report is null ? null : $"{report.NotificationId} {report.MessageId} {report.Kind} {report.Why}");
    }
}
