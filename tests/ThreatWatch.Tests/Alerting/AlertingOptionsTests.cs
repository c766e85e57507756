using ThreatWatch.Alerting;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Tests.Alerting;

public sealed class AlertingOptionsTests
{
    private static readonly IReadOnlyList<SettingsSection> Sections = [.. PlatformRegistration.Sections, .. AlertingRegistration.Sections];

    private const string District = """
        "district": { "name": "D", "desk": "desk", "schools": [ { "id": "cedar", "name": "Cedar Ridge", "officers": ["desk"] } ],
          "officers": [ { "id": "desk", "name": "Desk", "email": "desk@d.example" } ] }
        """;

    [Theory]
    [InlineData("""{ "email": { "from": "nobody" } }""", "alerting.email.from")]
    [InlineData("""{ "email": { "smtp": { "host": "" } } }""", "alerting.email.smtp.host")]
    [InlineData("""{ "email": { "smtp": { "host": "mail.d.example", "security": "none", "username": "u", "password": "p" } } }""", "alerting.email.smtp.security")]
    [InlineData("""{ "email": { "smtp": { "host": "mail.d.example", "username": "u" } } }""", "alerting.email.smtp.password")]
    [InlineData("""{ "escalation": { "steps": [ { "after": "5m" } ] } }""", "alerting.escalation.steps[0].after")]
    [InlineData("""{ "policies": { "fast": { "steps": [] } } }""", "alerting.policies.fast.steps")]
    [InlineData("""{ "routes": [ { "routes": [ { "policy": "fast" } ] } ] }""", "alerting.routes[0].routes[0].policy")]
    [InlineData("""{ "routes": [ { "to": ["nobody"] } ] }""", "alerting.routes[0].to")]
    [InlineData("""{ "duty": { "shifts": [ { "officer": "nobody", "days": ["monday"] } ] } }""", "alerting.duty.shifts[0].officer")]
    [InlineData("""{ "duty": { "calendars": [ { "officer": "desk", "file": "none.ics" } ] } }""", "alerting.duty.calendars[0].file")]
    [InlineData("""{ "police": { "selfHarmFrom": "high", "reason": "x" } }""", "alerting.police.selfHarmFrom")]
    [InlineData("""{ "police": { "selfHarmFrom": "critical" } }""", "alerting.police.reason")]
    [InlineData("""{ "police": { "threatFrom": "critical", "reason": "x" } }""", "alerting.police.threatTo")]
    [InlineData("""{ "police": { "threatTo": ["desk"], "reason": "x" } }""", "alerting.police.threatFrom")]
    [InlineData("""{ "police": { "threatFrom": "low", "threatTo": ["desk"], "reason": "x" } }""", "alerting.police.threatFrom")]
    [InlineData("""{ "police": { "threatFrom": "high", "threatTo": ["nobody"], "reason": "x" } }""", "alerting.police.threatTo")]
    [InlineData("""{ "incidents": { "spread": 1 } }""", "alerting.incidents.spread")]
    [InlineData("""{ "guidance": [ { "lines": [] } ] }""", "alerting.guidance[0].lines")]
    [InlineData("""{ "watch": { "operators": ["nobody"] } }""", "alerting.watch.operators[0]")]
    [InlineData("""{ "watch": { "remindEvery": "1m" } }""", "alerting.watch.remindEvery")]
    [InlineData("""{ "watch": { "ping": { "url": "http://monitor.example/x" } } }""", "alerting.watch.ping.url")]
    [InlineData("""{ "drills": [ { "school": "nowhere" } ] }""", "alerting.drills[0].school")]
    [InlineData("""{ "drills": [ { "school": "cedar", "weekday": "tuesday", "at": "10:00", "within": "1s" } ] }""", "alerting.drills[0].within")]
    [InlineData("""{ "linkLifetime": "1m" }""", "alerting.linkLifetime")]
    public void What_is_wrong_is_named_with_its_path(string alerting, string path)
    {
        var (_, problems) = SettingsSnapshot.Parse("/tmp/threatwatch.json", $"{{ {District}, \"alerting\": {alerting} }}", Sections);
        Assert.Equal(path, Assert.Single(problems).Path);
    }

    [Fact]
    public void Without_a_section_the_defaults_are_in_order() =>
        Assert.Empty(SettingsSnapshot.Parse("/tmp/threatwatch.json", $"{{ {District} }}", Sections).Problems);

    [Fact]
    public void The_schema_writes_the_route_tree_once_and_refers_to_it()
    {
        var schema = SettingsSchema.Write(Sections);
        Assert.Equal("#/$defs/Route", (string?)schema["$defs"]!["Route"]!["properties"]!["routes"]!["items"]!["$ref"]);
        Assert.Equal("#/$defs/Route", (string?)schema["properties"]!["alerting"]!["properties"]!["routes"]!["items"]!["$ref"]);
    }
}
