using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Tests.Platform.Hosting;

public sealed class DistrictValidatorTests
{
    private static readonly District Good = new()
    {
        Name = "Maple Valley",
        TimeZone = "America/Chicago",
        Desk = "desk",
        Schools = [new School { Id = "cedar", Name = "Cedar High", Officers = ["ortega"] }],
        Officers = [new Officer { Id = "ortega", Name = "R. Ortega", Email = "ortega@maple.example" }, new Officer { Id = "desk", Name = "Desk", Sms = "+15555550100" }],
    };

    [Fact]
    public void A_district_whose_parts_fit_has_no_problem() => Assert.Empty(Check(Good));

    [Fact]
    public void A_school_whose_officer_is_misspelt_is_named() =>
        Assert.Equal("schools[0].officers[0]: no officer has the id \"ortgea\"; known: ortega, desk", Assert.Single(Check(Good with { Schools = [Good.Schools[0] with { Officers = ["ortgea"] }] })).ToString());

    [Fact]
    public void Somebody_who_can_not_be_reached_is_a_problem() =>
        Assert.Equal("officers[1]", Assert.Single(Check(Good with { Officers = [Good.Officers[0], new Officer { Id = "desk", Name = "Desk" }] })).Path);

    [Theory]
    [InlineData("5555550100")]
    [InlineData("+1 555 555 0100")]
    [InlineData("+0155555501")]
    public void A_number_must_be_international(string number) =>
        Assert.Equal("officers[1].sms", Assert.Single(Check(Good with { Officers = [Good.Officers[0], Good.Officers[1] with { Sms = number }] })).Path);

    [Fact]
    public void An_alias_that_would_match_everything_is_refused() =>
        Assert.Equal("schools[0].aliases[0]", Assert.Single(Check(Good with { Schools = [Good.Schools[0] with { Aliases = ["!"] }] })).Path);

    [Fact]
    public void An_empty_district_lists_all_that_is_missing() =>
        Assert.Equal(["name", "schools", "desk"], Check(new District()).Select(problem => problem.Path));

    private static IReadOnlyList<Problem> Check(District district)
    {
        var problems = new Problems();
        DistrictValidator.Validate(district, problems);
        return problems.All;
    }
}
