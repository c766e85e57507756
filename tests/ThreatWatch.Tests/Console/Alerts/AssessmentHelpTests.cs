using Microsoft.AspNetCore.Http.HttpResults;
using ThreatWatch.Alerting.Notifying;
using ThreatWatch.Console.Alerts;
using ThreatWatch.Core;
using ThreatWatch.Platform.Storage;
using ThreatWatch.Tests.Alerting;

namespace ThreatWatch.Tests.Console.Alerts;

public sealed class AssessmentHelpTests : IAsyncDisposable
{
    private readonly AlertingHouse _house = new(Some.Options() with
    {
        Guidance =
        [
            new GuidanceText { Category = Category.Threat, Lines = ["Secure: bring everybody in, lock the outer doors."] },
            new GuidanceText { Category = Category.Threat, Level = RiskLevel.Critical, Lines = ["Lockdown if the office says so."] },
        ],
    });

    [Theory]
    [InlineData(RiskLevel.High, "Secure: bring everybody in", "FBI high level: direct, specific and plausible")]
    [InlineData(RiskLevel.Critical, "Lockdown if the office says so", "with means and time near at hand")]
    public async Task Mail_and_page_have_the_districts_own_steps_the_levels_meaning_and_the_questions(RiskLevel level, string step, string meaning)
    {
        await _house.DetectAsync((Some.Post(), level));
        await _house.SendDueAsync();

        var mail = _house.Mails()[0];
        foreach (var text in (string[])[mail.TextBody!, mail.HtmlBody!, await PageAsync()])
        {
            Assert.Contains(step, text, StringComparison.Ordinal);
            Assert.Contains(meaning, text, StringComparison.Ordinal);
            Assert.All(AssessmentHelp.Questions(Category.Threat), question => Assert.Contains(Words(question), Words(text), StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task The_page_says_which_parts_of_a_threat_were_found_and_which_were_not_and_how_far_each_message_came()
    {
        await _house.DetectAsync((Some.Post(), RiskLevel.High));
        await _house.SendDueAsync();
        var page = await PageAsync();

        Assert.Contains("<tr><th>means</th><td>named</td></tr>", page, StringComparison.Ordinal);
        Assert.Contains("<tr><th>time</th><td><span class=\"quiet\">not found</span></td></tr>", page, StringComparison.Ordinal);
        Assert.Matches("Officer R. Ortega</td><td>Email<br><span class=\"quiet\">first</span></td><td>queued <time [^>]*>07:40:00</time><br>accepted <time [^>]*>07:40:00", page);
        Assert.True(page.IndexOf("<blockquote", StringComparison.Ordinal) < page.IndexOf("What to do now", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Self_harm_is_told_with_crisis_resources_and_questions_of_its_own()
    {
        var post = Some.Post("i want to die");
        await _house.StoreAsync((post, RiskLevel.High));
        await _house.HandleAsync(Some.Detected(post, RiskLevel.High, Category.SelfHarm));
        await _house.SendDueAsync();

        foreach (var text in (string[])[Assert.Single(_house.Mails()).TextBody!, await PageAsync()])
        {
            Assert.Contains("988", text, StringComparison.Ordinal);
            Assert.Contains("wish to be dead", text, StringComparison.Ordinal);
            Assert.DoesNotContain("FBI", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Who_hears_that_somebody_has_it_is_asked_nothing()
    {
        await _house.DetectAsync((Some.Post(school: "juniper"), RiskLevel.High));
        await _house.SendDueAsync();
        await _house.Get<AlertActions>().AcknowledgeAsync((await _house.OnlyAlertAsync()).Id, "ortega", "cli", CancellationToken.None);
        await _house.SendDueAsync();

        var last = Assert.Single(_house.Mails(), mail => mail.Subject!.Contains("TAKEN", StringComparison.Ordinal));
        Assert.DoesNotContain("ASSESS IT", last.TextBody!, StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync() => _house.DisposeAsync();

    private async Task<string> PageAsync() =>
        Assert.IsType<ContentHttpResult>(await _house.Get<AlertPage>().ShowAsync((await _house.OnlyAlertAsync()).Id, "ortega", CancellationToken.None)).ResponseContent!;

    // As text alone: what HTML and its escapes make of an apostrophe is not at stake.
    private static string Words(string text) => string.Concat(System.Net.WebUtility.HtmlDecode(text).Where(char.IsLetterOrDigit));
}
