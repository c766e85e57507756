using System.Text;
using System.Xml.Linq;
using Microsoft.Extensions.Logging.Abstractions;
using ThreatWatch.Alerting.Escalation;
using ThreatWatch.Alerting.Notifying;
using ThreatWatch.Alerting.Notifying.Cap;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;
using ThreatWatch.Tests.Alerting.Notifying.Sms;
using ThreatWatch.Tests.Wire;

namespace ThreatWatch.Tests.Alerting.Notifying.Cap;

public sealed class CapDocumentTests
{
    private static readonly CapOptions Options = new() { Officer = "ortega", Sender = "threatwatch@district.example" };
    private static readonly XNamespace Cap = CapDocument.Namespace;

    public static TheoryData<Category, RiskLevel, bool, NotificationReason> Kinds =>
    [
        .. from category in Enum.GetValues<Category>()
           from level in new[] { RiskLevel.High, RiskLevel.Critical }
           from isDrill in new[] { false, true }
           from reason in Enum.GetValues<NotificationReason>()
           select (category, level, isDrill, reason),
    ];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_document_keeps_the_rules_of_the_standard(Category category, RiskLevel level, bool isDrill, NotificationReason reason)
    {
        var message = SmsTextTests.Message("Benito Juárez & Søn <High> \u0007 \ud83d", isDrill: isDrill, reason: reason, level: level);
        message = message with { Brief = message.Brief with { Alert = message.Brief.Alert with { Category = category } } };
        var bare = message with { Brief = message.Brief with { Post = null, Assessment = null, Guidance = [] } };
        foreach (var kind in (OutgoingMessage[])[message, bare])
        {
            Assert.Empty(CapSchema.Faults(CapDocument.Write(kind, Options with { PostUrl = true }, AlertingHouse.Start)));
            var later = kind with { EarlierIds = [CapDocument.Reference(kind, Options, AlertingHouse.Start), "a@b.example,note0,2026-11-24T13:40:00-00:00"] };
            Assert.Empty(CapSchema.Faults(CapDocument.Write(later, Options, AlertingHouse.Start)));
        }
    }

    [Fact]
    public async Task What_a_partner_gets_over_an_alerts_life_is_valid_and_each_message_refers_to_those_before_it()
    {
        await using var server = new ScriptedServer(WireReply.Of(202));
        await using var house = new AlertingHouse(Some.Options() with
        {
            Escalation = new() { Steps = [new() { Channels = [Channel.Cap] }, new() { After = TimeSpan.FromMinutes(5), Channels = [Channel.Cap] }], RoundEvery = TimeSpan.FromHours(12) },
            Cap = [Options with { Url = new Secret(server.Url("/cap").AbsoluteUri) }],
        });
        await house.DetectAsync((Some.Post(), RiskLevel.High));
        await house.SendDueAsync();
        house.Time.Advance(TimeSpan.FromMinutes(5));
        await new EscalationWorker(
            house.Database, house.Get<NotificationStore>(), house.Get<EscalationPlanner>(), house.Get<DueSignal>(), house.Time, NullLogger<EscalationWorker>.Instance).RunOnceAsync(CancellationToken.None);
        await house.SendDueAsync();
        house.Time.Advance(TimeSpan.FromMinutes(1));
        await house.Get<AlertActions>().AcknowledgeAsync((await house.OnlyAlertAsync()).Id, "lindqvist", "cli", CancellationToken.None);
        await house.SendDueAsync();

        var documents = server.Requests.Select(request => Encoding.UTF8.GetBytes(request.Text)).ToList();
        Assert.All(documents, document => Assert.Empty(CapSchema.Faults(document)));
        var read = documents.Select(document => XElement.Load(new MemoryStream(document))).ToList();
        Assert.Equal(["Alert", "Update", "Update"], read.Select(document => document.Element(Cap + "msgType")!.Value));
        var signs = read.Select(document => string.Join(',', new[] { "sender", "identifier", "sent" }.Select(name => document.Element(Cap + name)!.Value))).ToList();
        Assert.Equal([null, signs[0], $"{signs[0]} {signs[1]}"], read.Select(document => document.Element(Cap + "references")?.Value));
        Assert.Contains("Officer M. Lindqvist", read[2].Descendants(Cap + "description").Single().Value, StringComparison.Ordinal);
        Assert.Equal("application/cap+xml; charset=utf-8", server.Requests.First()["Content-Type"]);
    }

    [Fact]
    public void The_schema_finds_what_breaks_them()
    {
        var good = Encoding.UTF8.GetString(CapDocument.Write(SmsTextTests.Message(), Options, AlertingHouse.Start));
        foreach (var (from, to) in new[]
        {
            ("Actual", "Real"), ("-00:00</sent>", "Z</sent>"), ("<scope>Private</scope>", ""), ("threatwatch@", "threat watch@"), ("<addresses>ortega</addresses>", ""), (">Alert<", ">Update<"),
            ("<areaDesc>", "<circle>0,0 1</circle><areaDesc>"), ("<status>Actual", "<status>Exercise"), ("</info>", "<contact>x</contact></info>"), ("</alert>", "<x xmlns=\"urn:x\"/></alert>"),
        })
        {
            Assert.Contains(from, good, StringComparison.Ordinal);
            Assert.NotEmpty(CapSchema.Faults(Encoding.UTF8.GetBytes(good.Replace(from, to, StringComparison.Ordinal))));
        }
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

    private static XElement Read(OutgoingMessage message, CapOptions? options = null) =>
        XElement.Load(new MemoryStream(CapDocument.Write(message, options ?? Options, AlertingHouse.Start)));
}
