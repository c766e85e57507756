using System.Text;
using System.Xml.Linq;
using ThreatWatch.Alerting.Notifying.Cap;
using ThreatWatch.Core;
using ThreatWatch.Tests.Alerting.Notifying.Sms;

namespace ThreatWatch.Tests.Alerting.Notifying.Cap;

public sealed class CapDocumentTests
{
    private static readonly CapOptions Options = new() { Officer = "ortega", Sender = "threatwatch@district.example" };
    private static readonly XNamespace Cap = CapDocument.Namespace;

    [Theory]
    [InlineData(RiskLevel.High, false, NotificationReason.First)]
    [InlineData(RiskLevel.Critical, true, NotificationReason.Drill)]
    [InlineData(RiskLevel.Critical, false, NotificationReason.Escalation)]
    [InlineData(RiskLevel.High, false, NotificationReason.Acknowledged)]
    public void Every_document_keeps_the_rules_of_the_standard(RiskLevel level, bool isDrill, NotificationReason reason)
    {
        var message = SmsTextTests.Message("Benito Juárez & Søn <High> \u0007", isDrill: isDrill, reason: reason, level: level);
        Assert.Empty(CapSchema.Faults(CapDocument.Write(message, Options with { PostUrl = true }, AlertingHouse.Start)));
        var later = message with { EarlierIds = [CapDocument.Reference(message, Options, AlertingHouse.Start), "a@b.example,note0,2026-11-24T13:40:00-00:00"] };
        Assert.Empty(CapSchema.Faults(CapDocument.Write(later, Options, AlertingHouse.Start)));
    }

    [Fact]
    public void The_schema_finds_what_breaks_them()
    {
        var good = Encoding.UTF8.GetString(CapDocument.Write(SmsTextTests.Message(), Options, AlertingHouse.Start));
        foreach (var (from, to) in new[] { ("Actual", "Real"), ("-00:00</sent>", "Z</sent>"), ("<scope>Private</scope>", ""), ("threatwatch@", "threat watch@") })
            Assert.NotEmpty(CapSchema.Faults(Encoding.UTF8.GetBytes(good.Replace(from, to, StringComparison.Ordinal))));
    }

    [Fact]
    public void A_drill_is_an_exercise_and_a_later_message_an_update_of_the_first()
    {
        var message = SmsTextTests.Message(isDrill: true);
        Assert.Equal("Exercise", Read(message).Element(Cap + "status")!.Value);
        var update = Read(message with { EarlierIds = [CapDocument.Reference(message, Options, AlertingHouse.Start)] });
        Assert.Equal("Update", update.Element(Cap + "msgType")!.Value);
        Assert.Equal("threatwatch@district.example,note1,2026-11-24T13:40:00-00:00", update.Element(Cap + "references")!.Value);
    }

    [Fact]
    public void The_partner_gets_no_word_of_the_post_and_its_address_only_where_the_district_says_so()
    {
        var message = SmsTextTests.Message();
        var document = Encoding.UTF8.GetString(CapDocument.Write(message, Options, AlertingHouse.Start));
        Assert.DoesNotContain("gun", document, StringComparison.Ordinal);
        Assert.DoesNotContain("town.example", document, StringComparison.Ordinal);
        Assert.DoesNotContain("@writer", document, StringComparison.Ordinal);
        Assert.Equal(message.Brief.Post!.Url, Read(message, Options with { PostUrl = true }).Descendants(Cap + "web").Single().Value);
    }

    [Fact]
    public void Instants_are_those_of_the_district() =>
        Assert.Equal("2026-11-24T07:40:00-06:00", CapDocument.At(AlertingHouse.Start, TimeZoneInfo.FindSystemTimeZoneById("America/Chicago")));

    private static XElement Read(ThreatWatch.Alerting.Notifying.OutgoingMessage message, CapOptions? options = null) =>
        XElement.Load(new MemoryStream(CapDocument.Write(message, options ?? Options, AlertingHouse.Start)));
}
