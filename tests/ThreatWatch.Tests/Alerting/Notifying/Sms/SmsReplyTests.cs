using ThreatWatch.Alerting.Notifying.Sms;
using ThreatWatch.Core;

namespace ThreatWatch.Tests.Alerting.Notifying.Sms;

public sealed class SmsReplyTests
{
    [Theory]
    [InlineData("1")]
    [InlineData(" 1. ")]
    [InlineData("ACK")]
    [InlineData("Got it!")]
    [InlineData("I have it")]
    [InlineData("tengo")]
    [InlineData("¡Sí!")]
    [InlineData("1 👍")]
    public void A_whole_answer_takes_the_only_open_alert(string body)
    {
        var answer = SmsReply.Read(body, [Open("K7Q2-M9DX")]);
        Assert.True(answer.Acknowledges);
        Assert.Equal(["K7Q2-M9DX"], answer.AlertIds);
    }

    [Theory]
    [InlineData("1 question: is this real?")]
    [InlineData("11")]
    [InlineData("not mine")]
    [InlineData("I'm driving and will answer later")]
    [InlineData("")]
    public void Anything_else_takes_nothing(string body) => Assert.False(SmsReply.Read(body, [Open("K7Q2-M9DX")]).Acknowledges);

    [Fact]
    public void Of_several_none_is_guessed_but_one_that_is_named_is_taken()
    {
        Alert[] open = [Open("K7Q2-M9DX"), Open("H3T5-9KWP")];
        Assert.Empty(SmsReply.Read("1", open).AlertIds);
        Assert.Equal(["H3T5-9KWP"], SmsReply.Read("ack h3t5-9kwp", open).AlertIds);
        Assert.Empty(SmsReply.Read("ack ZZZZ-ZZZZ", open).AlertIds);
    }

    private static Alert Open(string id) => new(
        id, id, "cedar", Category.Threat, RiskLevel.High, AlertState.Open, "p", 1, 1, 1, false, AlertingHouse.Start, AlertingHouse.Start, null, null, null, null, null);
}
