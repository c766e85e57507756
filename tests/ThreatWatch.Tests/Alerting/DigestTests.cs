using Microsoft.Extensions.Logging.Abstractions;
using ThreatWatch.Alerting.Digest;
using ThreatWatch.Alerting.Notifying.Email;
using ThreatWatch.Core;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Tests.Alerting;

public sealed class DigestTests
{
    [Fact]
    public async Task Once_a_day_at_its_hour_people_get_one_mail_about_what_alerted_nobody()
    {
        await using var house = new AlertingHouse(Some.Options() with { Digest = new DigestOptions { At = new(15, 0) } });
        await house.StoreAsync((Some.Post("mild words"), RiskLevel.Elevated), (Some.Post("mild words", "harlan"), RiskLevel.Elevated), (Some.Post("low words"), RiskLevel.Low));
        var worker = new DigestWorker(house.Settings, house.Get<DigestStore>(), house.Get<EmailNotifier>(), house.Time, NullLogger<DigestWorker>.Instance);
        for (var hour = 0; hour < 30; hour++)
        {
            await worker.RunOnceAsync(CancellationToken.None);
            Assert.Equal(hour < 8 ? 0 : 2, house.Mails().Count);
            house.Time.Advance(TimeSpan.FromHours(1));
        }

        var mail = house.Mails().Single(mail => mail.To.ToString().Contains("ortega", StringComparison.Ordinal));
        Assert.Equal("Daily digest - Maple Valley Unified: 1 post judged Elevated, 24 Nov 2026", mail.Subject);
        Assert.Contains("https://town.example/posts/", mail.TextBody, StringComparison.Ordinal);
        Assert.DoesNotContain("mild words", mail.TextBody + mail.HtmlBody, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2026-11-24T20:59Z", null)]
    [InlineData("2026-11-24T21:00Z", "2026-11-24 23.11. 21 24.11. 21")]
    [InlineData("2026-11-01T22:00Z", "2026-11-01 31.10. 20 01.11. 21")]
    [InlineData("2026-03-08T20:00Z", "2026-03-08 07.03. 21 08.03. 20")]
    public void The_day_it_tells_of_has_23_24_or_25_hours(string now, string? expected)
    {
        var due = DigestPlan.Due(new DigestOptions { At = new(15, 0) }, DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture), TimeZoneInfo.FindSystemTimeZoneById("America/Chicago"));
        Assert.Equal(expected, due is { } value ? $"{value.Day:yyyy-MM-dd} {value.Told.From:dd.MM. HH} {value.Told.Until:dd.MM. HH}" : null);
    }

    [Fact]
    public void Lines_go_to_the_schools_people_and_to_the_desk_where_there_are_none()
    {
        DigestItem Item(string id, Category category, params string[] schools) => new(id, category, 0.5, null, "s", schools, AlertingHouse.Start);
        var split = DigestPlan.Split(Some.District(), [Item("a", Category.Threat, "cedar"), Item("b", Category.SelfHarm, "cedar"), Item("c", Category.SelfHarm, "harlan"), Item("d", Category.Threat)]);
        Assert.Equal(["ortega a", "amari b", "desk cd"], split.Select(pair => $"{pair.Officer.Id} {string.Concat(pair.Items.Select(item => item.PostId))}"));
    }
}
