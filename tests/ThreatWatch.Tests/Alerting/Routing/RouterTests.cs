using ThreatWatch.Alerting.Escalation;
using ThreatWatch.Alerting.Routing;
using ThreatWatch.Core;

namespace ThreatWatch.Tests.Alerting.Routing;

public sealed class RouterTests
{
    [Theory]
    [InlineData("cedar", Category.Threat, Party.Assigned, "ortega")]
    [InlineData("cedar", Category.Threat, Party.Backup, "lindqvist")]
    [InlineData("cedar", Category.Threat, Party.Everybody, "ortega,lindqvist,desk")]
    [InlineData("cedar", Category.SelfHarm, Party.Assigned, "amari")]
    [InlineData("cedar", Category.SelfHarm, Party.Everybody, "amari,desk")]
    [InlineData("juniper", Category.Threat, Party.Assigned, "ortega,lindqvist")]
    [InlineData("juniper", Category.Threat, Party.Backup, "desk")]
    [InlineData("district", Category.Threat, Party.Assigned, "desk")]
    public void People_of_a_step(string school, Category category, Party party, string expected) =>
        Assert.Equal(expected, string.Join(',', Router.Find(Some.District(), school, category, party).Officers.Select(officer => officer.Id)));

    [Fact]
    public void A_school_without_a_counsellor_falls_to_the_desk_and_says_so()
    {
        var found = Router.Find(Some.District(), "harlan", Category.SelfHarm, Party.Assigned);
        Assert.Equal("desk", Assert.Single(found.Officers).Id);
        Assert.Contains("no counsellor is assigned to harlan", found.Why, StringComparison.Ordinal);
    }
}
