using ThreatWatch.Alerting.Acknowledging;

namespace ThreatWatch.Tests.Alerting.Acknowledging;

public sealed class AcknowledgeLinksTests
{
    [Fact]
    public async Task A_link_names_its_alert_and_person()
    {
        await using var house = new AlertingHouse();
        var claim = house.Get<AcknowledgeLinks>().Read(Token(house));
        Assert.Equal(new AcknowledgeClaim("K7Q2-M9DX", "ortega", false), claim);
    }

    [Fact]
    public async Task It_expires()
    {
        await using var house = new AlertingHouse();
        var token = Token(house);
        house.Time.Advance(TimeSpan.FromDays(3) + TimeSpan.FromMinutes(2));
        Assert.True(house.Get<AcknowledgeLinks>().Read(token)!.IsExpired);
    }

    [Fact]
    public async Task Any_other_character_makes_it_void()
    {
        await using var house = new AlertingHouse();
        var token = Token(house);
        for (var i = 0; i < token.Length; i++)
        {
            var forged = token.Remove(i, 1).Insert(i, token[i] == 'x' ? "y" : "x");
            Assert.Null(house.Get<AcknowledgeLinks>().Read(forged));
        }

        Assert.All(["", ".", "...", "a.b", token[..^1], token + "A"], text => Assert.Null(house.Get<AcknowledgeLinks>().Read(text)));
    }

    [Fact]
    public async Task The_key_is_made_once_for_the_owner_alone()
    {
        await using var house = new AlertingHouse();
        var token = Token(house);
        var file = Path.Combine(house.Outbox, "..", "signing.key");
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.NotNull(new AcknowledgeLinks(house.Settings, house.Time).Read(token));
    }

    private static string Token(AlertingHouse house) => house.Get<AcknowledgeLinks>().For("K7Q2-M9DX", "ortega").AbsolutePath["/a/".Length..];
}
