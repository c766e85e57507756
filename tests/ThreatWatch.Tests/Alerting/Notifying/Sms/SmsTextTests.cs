using ThreatWatch.Alerting.Notifying;
using ThreatWatch.Alerting.Notifying.Sms;
using ThreatWatch.Core;

namespace ThreatWatch.Tests.Alerting.Notifying.Sms;

public sealed class SmsTextTests
{
    private static readonly Uri Link = new("https://watch.district.example/a/K7Q2-M9DX.ortega.1c9f3a2.AbCdEfGhIjKlMnOp");

    [Fact]
    public void Level_school_and_kind_come_first_and_the_link_stands_alone()
    {
        var text = SmsText.Write(Message(), Link, takesReplies: true, postCharacters: 0);
        Assert.Equal(
            $"HIGH Cedar Ridge High School: threat, names intent, means. Reply 1 to take it. #K7Q2-M9DX\n{Link.AbsoluteUri}", text);
        Assert.Equal(2, GsmAlphabet.Segments(text));
    }

    [Fact]
    public void No_word_of_the_post_leaves_unless_the_district_says_how_many()
    {
        Assert.DoesNotContain("gun", SmsText.Write(Message(), Link, true, 0), StringComparison.Ordinal);
        Assert.Contains("\"going to bring...\"", SmsText.Write(Message(), Link, true, 17), StringComparison.Ordinal);
    }

    [Fact]
    public void A_drill_says_so_before_everything() =>
        Assert.StartsWith("DRILL HIGH Cedar Ridge", SmsText.Write(Message(isDrill: true), Link, true, 0), StringComparison.Ordinal);

    [Fact]
    public void A_post_that_is_gone_is_named_so()
    {
        var message = Message();
        message = message with { Brief = message.Brief with { Zone = TimeZoneInfo.Utc, PostGoneSinceAt = new DateTimeOffset(2026, 11, 24, 14, 5, 0, TimeSpan.Zero) } };
        Assert.Contains(" Post gone since 2:05 PM. Reply 1", SmsText.Write(message, Link, true, 0), StringComparison.Ordinal);
    }

    [Fact]
    public void Who_has_it_asks_for_nothing()
    {
        var text = SmsText.Write(Message(reason: NotificationReason.Acknowledged), null, true, 100);
        Assert.Equal("TAKEN Cedar Ridge High School: Officer M. Lindqvist has it. #K7Q2-M9DX", text);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(60)]
    [InlineData(160)]
    public void What_is_too_long_loses_the_least_important_first_and_never_the_link(int excerpt)
    {
        foreach (var school in new[] { "A", new string('x', 90), string.Concat(Enumerable.Repeat("école 학교 ", 12)), string.Concat(Enumerable.Repeat("😀 ", 150)), new string('[', 200) })
        {
            var text = SmsText.Write(Message(school, "😀 “I will” bring it tomorrow, all of you will see, nobody will stop me, not this time"), Link, true, excerpt);
            Assert.InRange(GsmAlphabet.Segments(text), 1, 2);
            Assert.EndsWith($"\n{Link.AbsoluteUri}", text, StringComparison.Ordinal);
            Assert.StartsWith($"HIGH {GsmAlphabet.Fold(school)[..1]}", text, StringComparison.Ordinal);
            Assert.DoesNotContain('\uFFFD', text);
        }
    }

    [Fact]
    public void The_excerpt_goes_before_the_reasons_and_the_reasons_before_the_way_to_answer()
    {
        var wide = SmsText.Write(Message(new string('x', 120), "tomorrow they all will see what I can do with it"), Link, true, 160);
        Assert.Contains("...", wide, StringComparison.Ordinal);
        Assert.Contains("names intent, means", wide, StringComparison.Ordinal);
        var narrow = SmsText.Write(Message(new string('x', 180), "tomorrow they all will see what I can do with it"), Link, true, 160);
        Assert.DoesNotContain("tomorrow", narrow, StringComparison.Ordinal);
        Assert.DoesNotContain("names intent", narrow, StringComparison.Ordinal);
        Assert.Contains("Reply 1", narrow, StringComparison.Ordinal);
    }

    internal static OutgoingMessage Message(
        string school = "Cedar Ridge High School", string post = "going to bring a gun to cedar ridge tomorrow", bool isDrill = false,
        NotificationReason reason = NotificationReason.First, RiskLevel level = RiskLevel.High)
    {
        var at = AlertingHouse.Start;
        var taken = reason == NotificationReason.Acknowledged;
        var alert = new Alert(
            "K7Q2-M9DX", "print", "cedar", Category.Threat, level, taken ? AlertState.Acknowledged : AlertState.Open, "p", 1, 1, 1, isDrill, at, at,
            taken ? at : null, taken ? "lindqvist" : null, null, null, null);
        var found = Some.Post(post);
        var row = new Notification(
            "note1", alert.Id, 0, 0, "ortega", Channel.Sms, reason, NotificationState.Sending, at, at, 1, at, null, null, null, null, null);
        var brief = new AlertBrief(
            alert, "Maple Valley Unified", school, TimeZoneInfo.Utc, found, Some.Assessment(found, level), ["Call the administrator."], ["Officer M. Lindqvist"],
            taken ? "Officer M. Lindqvist" : null, new Uri("https://watch.district.example/alerts/K7Q2-M9DX"));
        return new OutgoingMessage(row, Some.District().Officers[0], brief, taken ? null : Link, []);
    }
}
