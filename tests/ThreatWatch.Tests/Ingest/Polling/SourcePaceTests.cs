using ThreatWatch.Ingest.Polling;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Tests.Ingest.Polling;

public sealed class SourcePaceTests
{
    // A Monday.
    private static readonly DateTimeOffset Start = new(2026, 11, 2, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Patience = TimeSpan.FromHours(2);

    private SourcePulse _pulse = new(null, null, null, null, null, null);
    private DateTimeOffset _now = Start;

    [Fact]
    public void A_source_with_nights_and_weekends_never_alarms_and_alarms_once_it_stays_away_twice_as_long()
    {
        var alarms = 0;
        Watch(TimeSpan.FromDays(42), InSchoolHours, () => alarms += QuietSince() is null ? 0 : 1);
        Assert.Equal(0, alarms);

        var last = _pulse.LastNewAt!.Value;
        // From Friday 14:00 to Monday 8:00 is 66 hours; the last post was on Friday.
        Watch(TimeSpan.FromDays(3), _ => false);
        Assert.Null(QuietSince());
        Watch(TimeSpan.FromDays(3), _ => false);
        Assert.Equal(last, QuietSince());
        Assert.Equal(TimeSpan.FromHours(2 * 66), _pulse.QuietAfter!.Value);
    }

    [Fact]
    public void A_busy_source_is_missed_after_an_hour()
    {
        Watch(TimeSpan.FromDays(9), _ => true);
        Watch(TimeSpan.FromMinutes(55), _ => false);
        Assert.Null(QuietSince());
        Watch(TimeSpan.FromMinutes(10), _ => false);
        Assert.NotNull(QuietSince());
        Watch(TimeSpan.FromMinutes(5), _ => true);
        Assert.Null(QuietSince());
    }

    [Fact]
    public void Without_a_week_and_ten_pauses_nothing_is_usual()
    {
        Watch(TimeSpan.FromDays(6), _ => true);
        Assert.Null(_pulse.QuietAfter);
        _pulse = new SourcePulse(null, null, null, null, null, null);
        Watch(TimeSpan.FromDays(9), now => now.Hour == 8 && now.Minute == 0);
        Assert.Null(_pulse.QuietAfter);
    }

    [Fact]
    public void Time_in_which_it_was_not_read_neither_teaches_nor_counts()
    {
        Watch(TimeSpan.FromDays(9), now => now.Minute == 0);
        var usual = _pulse.QuietAfter;
        _now += TimeSpan.FromDays(5);
        Watch(TimeSpan.FromMinutes(30), _ => false);
        Assert.Null(QuietSince());
        Watch(TimeSpan.FromMinutes(60), now => now.Minute == 0);
        Assert.Equal(usual, _pulse.QuietAfter);
    }

    [Fact]
    public void A_silence_that_was_reported_does_not_become_usual_at_once()
    {
        Watch(TimeSpan.FromDays(9), now => now.Minute == 0);
        Assert.Equal(TimeSpan.FromHours(2), _pulse.QuietAfter);
        Watch(TimeSpan.FromDays(10), _ => false);
        Watch(TimeSpan.FromMinutes(5), _ => true);
        Assert.Equal(TimeSpan.FromHours(4), _pulse.QuietAfter);
    }

    [Fact]
    public void A_document_whose_newest_post_is_the_old_one_has_brought_nothing()
    {
        _pulse = SourcePace.After(_pulse, Every, Patience, true, Start.AddDays(-3), Start);
        Assert.Equal(Start.AddDays(-3), _pulse.LastNewAt);
        _pulse = SourcePace.After(_pulse, Every, Patience, true, Start.AddDays(-3), Start.AddMinutes(5));
        Assert.Equal(Start.AddDays(-3), _pulse.LastNewAt);
        _pulse = SourcePace.After(_pulse, Every, Patience, true, Start.AddMinutes(1), Start.AddMinutes(10));
        Assert.Equal(Start.AddMinutes(10), _pulse.LastNewAt);
    }

    [Fact]
    public void What_can_not_be_read_is_learned_anew()
    {
        _pulse = _pulse with { Learned = "[{\"day\":\"x\"" };
        Watch(TimeSpan.FromDays(9), _ => true);
        Assert.NotNull(_pulse.QuietAfter);
    }

    private static bool InSchoolHours(DateTimeOffset now) =>
        now.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && now.Hour is >= 8 and <= 14 && now.Minute == 0;

    private DateTimeOffset? QuietSince() =>
        new SourceState("s", _now, _pulse.WatchedAt, null, 0, null) { WatchedSinceAt = _pulse.WatchedSinceAt, LastNewAt = _pulse.LastNewAt, QuietAfter = _pulse.QuietAfter }.QuietSinceAt;

    private void Watch(TimeSpan span, Func<DateTimeOffset, bool> brings, Action? each = null)
    {
        for (var end = _now + span; _now < end; _now += Every)
        {
            _pulse = SourcePace.After(_pulse, Every, Patience, brings(_now), null, _now);
            each?.Invoke();
        }
    }
}
