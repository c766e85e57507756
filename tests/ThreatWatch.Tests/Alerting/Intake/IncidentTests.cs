using ThreatWatch.Alerting.Intake;
using ThreatWatch.Core;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Tests.Alerting.Intake;

public sealed class IncidentTests
{
    private static readonly IncidentOptions Options = new();
    private static readonly DateTimeOffset Now = AlertingHouse.Start;

    [Fact]
    public void A_higher_level_is_told_at_once()
    {
        var change = Incident.Join(Told(Now.AddSeconds(-5), 1), RiskLevel.Critical, 2, Now, Options);
        Assert.Equal(new IncidentChange(RiskLevel.Critical, NotificationReason.NewEvidence, Now), change);
    }

    [Fact]
    public void A_lower_level_leaves_the_alert_as_high_as_it_was() =>
        Assert.Equal(RiskLevel.High, Incident.Join(Told(Now, 1), RiskLevel.Elevated, 2, Now, Options).Level);

    [Fact]
    public void One_more_post_is_not_worth_a_message() =>
        Assert.Null(Incident.Join(Told(Now.AddMinutes(-30), 1), RiskLevel.High, 9, Now, Options).Reason);

    [Fact]
    public void Tenfold_spread_is_told_when_the_cooldown_is_over()
    {
        var change = Incident.Join(Told(Now.AddMinutes(-4), 1), RiskLevel.High, 10, Now, Options);
        Assert.Equal((NotificationReason.NewEvidence, Now.AddMinutes(6)), (change.Reason, change.TellAt));
    }

    [Fact]
    public void Tenfold_spread_after_the_cooldown_is_told_now() =>
        Assert.Equal(Now, Incident.Join(Told(Now.AddHours(-1), 3), RiskLevel.High, 30, Now, Options).TellAt);

    [Fact]
    public void While_a_message_about_spread_waits_there_is_no_second() =>
        Assert.Null(Incident.Join(Told(Now.AddMinutes(6), 10), RiskLevel.High, 100_000, Now, Options).Reason);

    [Fact]
    public void A_post_after_a_long_quiet_is_told_again() =>
        Assert.Equal(NotificationReason.Repeat, Incident.Join(Told(Now.AddHours(-6), 1), RiskLevel.High, 2, Now, Options).Reason);

    [Fact]
    public void A_drill_never_shares_a_fingerprint_with_the_real_thing()
    {
        var post = Some.Post();
        Assert.NotEqual(Incident.Fingerprint("cedar", Category.Threat, post), Incident.Fingerprint("cedar", Category.Threat, post with { IsDrill = true }));
    }

    [Theory]
    [InlineData("cedar", "cedar")]
    [InlineData("cedar,harlan,cedar", "cedar,harlan")]
    [InlineData("district,cedar", "cedar")]
    [InlineData("closed-years-ago", "district")]
    [InlineData("", "district")]
    [InlineData("cedar,harlan,juniper,bell", "district")]
    public void Schools_that_get_an_alert(string named, string expected)
    {
        var message = new RiskDetected("p", RiskLevel.High, Category.Threat, named.Split(',', StringSplitOptions.RemoveEmptyEntries), Now);
        Assert.Equal(expected, string.Join(',', Incident.SchoolsOf(message, Some.District(), Options)));
    }

    private static AlertProgress Told(DateTimeOffset at, int posts) => new(
        new Alert("K7Q2-M9DX", "f", "cedar", Category.Threat, RiskLevel.High, AlertState.Open, "p", posts, 1, 1, false, Now, Now, null, null, null, null, null),
        at, posts, 0, 1, 0, null);
}
