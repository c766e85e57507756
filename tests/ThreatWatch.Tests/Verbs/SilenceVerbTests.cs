using ThreatWatch.Cli.Verbs;
using ThreatWatch.Core;
using ThreatWatch.Platform.Storage;
using ThreatWatch.Tests.Alerting;

namespace ThreatWatch.Tests.Verbs;

public sealed class SilenceVerbTests
{
    [Fact]
    public async Task A_silence_has_a_scope_an_end_on_the_districts_clock_a_reason_and_a_name_in_the_audit()
    {
        await using var house = new AlertingHouse();
        var (code, output, _) = await AddAsync(house, "cedar", Category.Threat, "2026-11-24T09:00", "film shoot");

        Assert.Equal(0, code);
        var silence = Assert.Single(await house.Get<SilenceStore>().ListAsync(CancellationToken.None));
        Assert.Equal(("cedar", Category.Threat, false, "film shoot", "principal"), (silence.SchoolId, silence.Category, silence.HoldsCritical, silence.Reason, silence.MadeBy));
        Assert.Equal(new DateTimeOffset(2026, 11, 24, 15, 0, 0, TimeSpan.Zero), silence.UntilAt);
        Assert.Equal($"{silence.Id}  Cedar Ridge High School, threat, below Critical, until 2026-11-24 09:00:00, by principal: film shoot", output);
        Assert.Equal("silence.made", Assert.Single(await house.Get<AuditLog>().AboutAsync(silence.Id, CancellationToken.None)).Action);
    }

    [Theory]
    [InlineData("nowhere", "2h", "why", "--school")]
    [InlineData("all", "2026-11-24T07:00", "why", "--until")]
    [InlineData("all", "soon", "why", "--until")]
    [InlineData("all", "2h", " ", "--reason")]
    public async Task What_makes_no_sense_is_refused_by_name(string school, string until, string reason, string named)
    {
        await using var house = new AlertingHouse();
        var (code, _, problems) = await AddAsync(house, school, null, until, reason);
        Assert.Equal(2, code);
        Assert.StartsWith(named, problems, StringComparison.Ordinal);
        Assert.Empty(await house.Get<SilenceStore>().ListAsync(CancellationToken.None));
    }

    [Fact]
    public async Task For_all_schools_it_can_last_from_now_and_the_list_shows_it_until_it_ends()
    {
        await using var house = new AlertingHouse();
        await AddAsync(house, "all", null, "90m", "known joke");
        Assert.Contains("all schools, all categories, below Critical, until 2026-11-24 09:10:00", await ListAsync(house), StringComparison.Ordinal);
        house.Time.Advance(TimeSpan.FromMinutes(90));
        Assert.Equal("no silences", await ListAsync(house));
    }

    private static async Task<(int Code, string Output, string Problems)> AddAsync(AlertingHouse house, string school, Category? category, string until, string reason)
    {
        await using var output = new StringWriter();
        await using var problems = new StringWriter();
        var code = await SilenceVerb.AddAsync(house.Services, school, category, until, reason, false, "principal", (output, problems), CancellationToken.None);
        return (code, output.ToString().Trim(), problems.ToString());
    }

    private static async Task<string> ListAsync(AlertingHouse house)
    {
        await using var output = new StringWriter();
        await SilenceVerb.ListAsync(house.Services, false, output, CancellationToken.None);
        return output.ToString().Trim();
    }
}
