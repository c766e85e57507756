using ThreatWatch.Alerting;
using ThreatWatch.Alerting.Escalation;
using ThreatWatch.Alerting.Routing;
using ThreatWatch.Core;

namespace ThreatWatch.Tests.Alerting.Routing;

public sealed class RouterTests
{
    private static readonly DateTimeOffset Now = AlertingHouse.Start;

    [Theory]
    [InlineData("cedar", Category.Threat, Party.Assigned, "ortega")]
    [InlineData("cedar", Category.Threat, Party.Backup, "lindqvist")]
    [InlineData("cedar", Category.Threat, Party.Everybody, "ortega,lindqvist,desk")]
    [InlineData("cedar", Category.SelfHarm, Party.Assigned, "amari")]
    [InlineData("cedar", Category.SelfHarm, Party.Everybody, "amari,desk")]
    [InlineData("juniper", Category.Threat, Party.Assigned, "ortega,lindqvist")]
    [InlineData("juniper", Category.Threat, Party.Backup, "desk")]
    [InlineData("district", Category.Threat, Party.Assigned, "desk")]
    [InlineData("district", Category.Threat, Party.Everybody, "desk")]
    public void People_of_a_step(string school, Category category, Party party, string expected) =>
        Assert.Equal(expected, Ids(Find(Some.Options(), school, category, RiskLevel.High, party)));

    [Fact]
    public void A_school_without_a_counsellor_falls_to_the_desk_and_says_so()
    {
        var found = Find(Some.Options(), "harlan", Category.SelfHarm, RiskLevel.High, Party.Assigned);
        Assert.Equal(("desk", "no counsellor is assigned to harlan: the district's desk"), (Ids(found), found.Why));
    }

    [Theory]
    [InlineData("07:40", "ortega", "officer of cedar")]
    [InlineData("17:00", "lindqvist", "no officer of cedar is on duty: the back-up")]
    [InlineData("23:00", "desk", "nobody for cedar is on duty: the district's desk")]
    public void Nobody_on_duty_falls_to_the_back_up_and_then_to_the_desk(string at, string expected, string why)
    {
        DayOfWeek[] week = [DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday];
        var options = Some.Options() with
        {
            Duty = new DutyOptions
            {
                Shifts =
                [
                    new Shift { Officer = "ortega", Days = week, From = new(7, 0), To = new(16, 0) },
                    new Shift { Officer = "lindqvist", Days = week, From = new(16, 0), To = new(22, 0) },
                ],
            },
        };
        var hour = DateTimeOffset.Parse($"2026-11-24T{at}:00-06:00", System.Globalization.CultureInfo.InvariantCulture);
        var found = Find(options, "cedar", Category.Threat, RiskLevel.High, Party.Assigned, hour);
        Assert.Equal((expected, why), (Ids(found), found.Why));
    }

    [Theory]
    [InlineData(RiskLevel.High, "amari", "counsellor of cedar")]
    [InlineData(RiskLevel.Critical, "amari,ortega", "counsellor of cedar, and the officer by policy (board decision 12)")]
    public void The_officer_hears_of_self_harm_only_at_critical_and_by_policy(RiskLevel level, string expected, string why)
    {
        var options = Some.Options() with { Police = new PoliceOptions { SelfHarmFrom = RiskLevel.Critical, Reason = "board decision 12" } };
        var found = Find(options, "cedar", Category.SelfHarm, level, Party.Assigned);
        Assert.Equal((expected, why), (Ids(found), found.Why));
        Assert.Equal("amari", Ids(Find(Some.Options(), "cedar", Category.SelfHarm, RiskLevel.Critical, Party.Assigned)));
    }

    [Theory]
    [InlineData("cedar", Category.Threat, RiskLevel.High, Party.Assigned, "ortega", "officer of cedar")]
    [InlineData("cedar", Category.Threat, RiskLevel.Critical, Party.Assigned, "ortega,tanaka", "officer of cedar; police by policy (board decision 13)")]
    [InlineData("district", Category.Threat, RiskLevel.Critical, Party.Assigned, "desk,tanaka", "no certain school: the district's desk; police by policy (board decision 13)")]
    [InlineData("cedar", Category.Threat, RiskLevel.Critical, Party.Backup, "lindqvist", "back-up of cedar")]
    [InlineData("cedar", Category.SelfHarm, RiskLevel.Critical, Party.Everybody, "amari,desk", "everybody of cedar")]
    public void Police_outside_hear_of_a_threat_from_the_districts_threshold_on_with_its_reason(
        string school, Category category, RiskLevel level, Party party, string expected, string why)
    {
        var district = Some.District() with { Officers = [.. Some.District().Officers, new Officer { Id = "tanaka", Name = "County dispatch", Email = "dispatch@county.example" }] };
        var options = Some.Options() with { Police = new PoliceOptions { ThreatFrom = RiskLevel.Critical, ThreatTo = ["tanaka"], Reason = "board decision 13" } };
        var found = new Router(district, options, DutyRoster.Of(options.Duty, district, [])).Find(school, category, level, party, Now);
        Assert.Equal((expected, why), (Ids(found), found.Why));
    }

    [Theory]
    [InlineData("cedar", RiskLevel.High, "", "", null)]
    [InlineData("juniper", RiskLevel.High, "lindqvist", "", "small")]
    [InlineData("juniper", RiskLevel.Critical, "lindqvist", "desk", "fast")]
    [InlineData("district", RiskLevel.Critical, "", "ortega", null)]
    public void The_deepest_branch_that_fits_decides_and_its_parent_fills_in(string school, RiskLevel level, string to, string also, string? policy)
    {
        Route[] tree =
        [
            new Route
            {
                Schools = ["juniper"],
                To = ["lindqvist"],
                Policy = "small",
                Routes = [new Route { Categories = [Category.SelfHarm], To = ["amari"] }, new Route { Levels = [RiskLevel.Critical], Also = ["desk"], Policy = "fast" }],
            },
            new Route { Levels = [RiskLevel.Critical], Also = ["ortega"] },
        ];
        var choice = Route.Choose(tree, school, Category.Threat, level);
        Assert.Equal((to, also, policy), (string.Join(',', choice.To), string.Join(',', choice.Also), choice.Policy));
    }

    [Theory]
    [InlineData(RiskLevel.Elevated, "2026-11-24T22:00-06:00", "2026-11-25T06:30-06:00")]
    [InlineData(RiskLevel.Elevated, "2026-11-24T05:00-06:00", "2026-11-24T06:30-06:00")]
    [InlineData(RiskLevel.Elevated, "2026-11-24T12:00-06:00", "2026-11-24T12:00-06:00")]
    [InlineData(RiskLevel.High, "2026-11-24T22:00-06:00", "2026-11-24T22:00-06:00")]
    [InlineData(RiskLevel.Critical, "2026-11-24T22:00-06:00", "2026-11-24T22:00-06:00")]
    public void Quiet_hours_hold_back_what_is_below_high(RiskLevel level, string at, string expected)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("America/Chicago");
        Assert.Equal(Instant(expected), QuietHours.NotBefore(new QuietHours(), level, Instant(at), zone));
    }

    [Fact]
    public async Task Route_test_prints_who_would_be_told_and_when()
    {
        await using var house = new AlertingHouse();
        Assert.Equal(
            [
                "Tue 2026-11-24 07:40  Officer R. Ortega by email  (officer of cedar)",
                "Tue 2026-11-24 07:45  Officer R. Ortega by email  (officer of cedar)",
                "Tue 2026-11-24 07:50  Officer M. Lindqvist by email  (back-up of cedar)",
                "Tue 2026-11-24 07:55  District safety desk by email  (the district's desk)",
                "Tue 2026-11-24 08:00  Officer R. Ortega by email; Officer M. Lindqvist by email; District safety desk by email  (everybody of cedar)",
                "Tue 2026-11-24 08:10  Officer R. Ortega by email  (officer of cedar)",
            ],
            house.Get<RouteTest>().Lines("cedar", Category.Threat, RiskLevel.High, Now));
        Assert.Empty(await house.NotificationsAsync());
    }

    private static Recipients Find(AlertingOptions options, string school, Category category, RiskLevel level, Party party, DateTimeOffset? at = null) =>
        new Router(Some.District(), options, DutyRoster.Of(options.Duty, Some.District(), [])).Find(school, category, level, party, at ?? Now);

    private static string Ids(Recipients found) => string.Join(',', found.Officers.Select(officer => officer.Id));

    private static DateTimeOffset Instant(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
