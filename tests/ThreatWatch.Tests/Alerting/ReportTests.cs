using ThreatWatch.Alerting.Reporting;
using ThreatWatch.Core;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Tests.Alerting;

public sealed class ReportTests
{
    private static readonly DateTimeOffset Start = AlertingHouse.Start;

    [Theory]
    // Reference values: R, prop.test(x, n, correct = FALSE).
    [InlineData(5, 20, 0.25, 0.1119, 0.4687)]
    [InlineData(0, 10, 0, 0, 0.2775)]
    [InlineData(10, 10, 1, 0.7225, 1)]
    public void A_rate_has_its_interval_after_Wilson(int count, int all, double rate, double low, double high)
    {
        var interval = Interval.Of(count, all)!;
        Assert.Equal((rate, low, high), (interval.Rate, Math.Round(interval.Low, 4), Math.Round(interval.High, 4)));
    }

    [Fact]
    public void Nothing_has_no_rate() => Assert.Null(Interval.Of(0, 0));

    [Fact]
    public void Readers_agree_by_Cohens_kappa()
    {
        // The textbook's table: 20 both yes, 15 both no, 5 and 10 apart; 0.7 observed, 0.5 by chance.
        List<(Disposition, Disposition)> pairs =
        [
            .. Enumerable.Repeat((Disposition.Substantive, Disposition.Substantive), 20),
            .. Enumerable.Repeat((Disposition.Substantive, Disposition.NotAThreat), 5),
            .. Enumerable.Repeat((Disposition.NotAThreat, Disposition.Substantive), 10),
            .. Enumerable.Repeat((Disposition.NotAThreat, Disposition.NotAThreat), 15),
        ];
        var agreement = Agreement.Of(pairs);
        Assert.Equal((50, 35, 0.4), (agreement.Alerts, agreement.Agreed, Math.Round(agreement.Kappa!.Value, 10)));
        Assert.Null(Agreement.Of([(Disposition.Transient, Disposition.Transient)]).Kappa);
        Assert.Equal(new Agreement(0, 0, null), Agreement.Of([]));
    }

    [Fact]
    public void Times_have_a_median_and_a_worst_and_leave_out_what_did_not_happen()
    {
        ReportRow Row(string id, int? acceptedAfter, int? acknowledgedAfter, Disposition? disposition = null) => new(
            id, "cedar", Category.Threat, RiskLevel.High, Start, Start.AddSeconds(1), Start.AddSeconds(1) + After(acceptedAfter), Start.AddSeconds(1) + After(acknowledgedAfter), disposition, null);
        var report = MonthReport.Of(new(2026, 11, 1), Some.District(), [Row("a", 2, 62, Disposition.NotAThreat), Row("b", 4, 34, Disposition.Transient), Row("c", null, 9), Row("d", 6, 3), Row("e", 7, null)], [], []);

        Assert.Equal(new HopTimes("post to alert", 5, 1, 1, "e"), report.Hops[0]);
        Assert.Equal(new HopTimes("alert to accepted", 4, 5, 7, "e"), report.Hops[1]);
        // d was taken from the console before its first message had left.
        Assert.Equal(new HopTimes("accepted to acknowledged", 2, 45, 60, "a"), report.Hops[2]);
        Assert.Equal((1, 1, 2, 1), (report.NeverAccepted, report.NeverAcknowledged, report.Judged, report.FalseAlarms));
    }

    [Fact]
    public void Each_channel_has_its_times_its_failures_and_what_is_known_to_have_arrived()
    {
        MessageRow Message(string id, Channel channel, NotificationState state, int? accepted, int? delivered = null, int? opened = null) =>
            new(id, channel, state, Start, Start + After(accepted), Start + After(delivered), Start + After(opened));
        var report = MonthReport.Of(new(2026, 11, 1), Some.District(), [],
        [
            Message("a", Channel.Sms, NotificationState.Delivered, 1, 4), Message("b", Channel.Sms, NotificationState.Delivered, 3, 9, 20),
            Message("c", Channel.Sms, NotificationState.Failed, null), Message("a", Channel.Email, NotificationState.Sent, 2),
        ], []);

        var (mail, sms) = (report.Channels[0], report.Channels[1]);
        Assert.Equal((Channel.Email, 1, 0, 0, 0, 2.0), (mail.Channel, mail.Messages, mail.Failed, mail.Delivered, mail.Opened, mail.Accepted.MedianSeconds));
        Assert.Equal((Channel.Sms, 3, 1, 2, 1), (sms.Channel, sms.Messages, sms.Failed, sms.Delivered, sms.Opened));
        Assert.Equal(new HopTimes("Sms: sending to accepted", 2, 2, 3, "b"), sms.Accepted);
        Assert.Equal(new HopTimes("Sms: accepted to delivered", 2, 4.5, 6, "b"), sms.Arrived);
        Assert.Equal(0, mail.Arrived.Count);
    }

    [Fact]
    public void Drills_stand_apart_with_their_time_from_the_post_to_the_acknowledgement()
    {
        Drill Ran(DrillOutcome outcome, int? acknowledged) =>
            new("post", "cedar", null, Start, null, null, null, Start + After(acknowledged), null, "ALRT-0001", outcome, null, null, TimeSpan.FromMinutes(15));
        var report = MonthReport.Of(new(2026, 11, 1), Some.District(), [], [], [Ran(DrillOutcome.Whole, 40), Ran(DrillOutcome.Whole, 60), Ran(DrillOutcome.Broken, null), Ran(DrillOutcome.Running, null)]);

        Assert.Equal((0, 3, 2, 1, 50.0, 60.0), (report.Alerts, report.Drills.Run, report.Drills.Whole, report.Drills.Broken, report.Drills.Back.MedianSeconds, report.Drills.Back.WorstSeconds));
        Assert.Contains("drills: 3, of which 2 came back whole and 1 did not", ReportText.Lines(report));
    }

    [Fact]
    public void A_month_is_the_districts()
    {
        var (from, until) = MonthReport.Bounds(new(2026, 11, 1), TimeZoneInfo.FindSystemTimeZoneById("America/Chicago"));
        Assert.Equal((new DateTimeOffset(2026, 11, 1, 5, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 12, 1, 6, 0, 0, TimeSpan.Zero)), (from, until));
    }

    private static TimeSpan? After(int? seconds) => seconds is { } value ? TimeSpan.FromSeconds(value) : null;
}
