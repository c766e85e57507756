using System.Globalization;
using ThreatWatch.Ingest.Sources;
using ThreatWatch.Ingest.Sources.Telegram;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Tests.Wire;

namespace ThreatWatch.Tests.Ingest.Sources.Telegram;

public sealed class TelegramStreamTests
{
    private static readonly long NowSeconds = SomeStream.Now.ToUnixTimeSeconds();

    private static string Update(int id, string message, string kind = "channel_post", string chat = """{"id":-100123,"title":"Cedar news","username":"CedarNews","type":"channel"}""") =>
        $$"""{"update_id":{{id}},"{{kind}}":{"message_id":{{id + 1000}},"chat":{{chat}},"date":{{NowSeconds}},{{message}} } }""";

    private static WireReply Updates(params string[] updates) => WireReply.Ok($$"""{"ok":true,"result":[{{string.Join(',', updates)}}]}""");

    private static TelegramStream Stream(ScriptedServer server, params string[] only)
    {
        var time = SomeStream.Clock();
        var source = SomeStream.Of(SourceType.Telegram, server.Url()) with { Token = new Secret("123:secret"), Only = only.Length == 0 ? ["@cedarnews"] : only };
        return new TelegramStream(source, SomeStream.Fetcher(time), SomeStream.Settings(), time);
    }

    /// <summary>Answers once each, then the token is withdrawn, which ends the stream.</summary>
    private static ScriptedServer Server(params WireReply[] replies)
    {
        var next = 0;
        return new ScriptedServer(_ => next < replies.Length ? replies[next++] : WireReply.Of(401, "{\"ok\":false,\"error_code\":401,\"description\":\"Unauthorized\"}"u8.ToArray()));
    }

    [Fact]
    public async Task Posts_and_edits_of_a_channel_come_with_their_captions_and_polls()
    {
        await using var server = Server(
            Updates(Update(5, "\"text\":\"hello\""), Update(6, "\"caption\":\"a picture\",\"photo\":[]")),
            Updates(Update(7, "\"text\":\"hello again\"", "edited_channel_post"), Update(8, "\"poll\":{\"question\":\"when?\",\"options\":[{\"text\":\"now\"},{\"text\":\"never\"}]}")));
        var said = await SomeStream.Read(Stream(server));
        Assert.Equal(
            [("hello", true), ("a picture", true), ("hello again", false), ("when?\nnow\nnever", true)],
            said.Items().Select(item => (((PostItem)item).Text, ((PostItem)item).IsFirst)));
        var first = (PostItem)said.Items()[0];
        Assert.Equal(("-100123/1005", "https://t.me/CedarNews/1005", "@CedarNews", SomeStream.Now), (first.ExternalId, first.Url, first.Author, first.PublishedAt));
        Assert.Contains("does not know the bot's token", said.Failure().Why, StringComparison.Ordinal);
        var paths = server.Requests.Select(request => request.Path).ToList();
        Assert.StartsWith("/bot123:secret/getUpdates?timeout=0&allowed_updates=%5B%22channel_post%22%2C%22edited_channel_post%22%5D", paths[0], StringComparison.Ordinal);
        Assert.DoesNotContain("offset", paths[0], StringComparison.Ordinal);
        Assert.Contains("timeout=25&", paths[1], StringComparison.Ordinal);
        Assert.EndsWith("&offset=7", paths[1], StringComparison.Ordinal);
        Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"9@{NowSeconds}"), said.Cursor());
    }

    [Fact]
    public async Task Only_listed_channels_are_read_and_the_others_are_passed_over()
    {
        await using var server = Server(Updates(
            Update(5, "\"text\":\"a group\"", chat: """{"id":-100123,"username":"CedarNews","type":"supergroup"}"""),
            Update(6, "\"text\":\"another\"", chat: """{"id":-100999,"username":"elsewhere","type":"channel"}"""),
            Update(7, "\"text\":\"by number\"", chat: """{"id":-100555,"type":"channel"}""")));
        var said = await SomeStream.Read(Stream(server, "@cedarnews", "-100555"));
        var post = (PostItem)Assert.Single(said.Items());
        Assert.Equal(("by number", "-100555", null), (post.Text, post.Author, post.Url));
        Assert.StartsWith("8@", said.Cursor(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(6, false)]
    public async Task An_offset_of_last_week_is_not_used_since_the_numbers_may_have_changed(int days, bool isUsed)
    {
        await using var server = Server();
        await SomeStream.Read(Stream(server), string.Create(CultureInfo.InvariantCulture, $"900@{NowSeconds - (days * 86400)}"));
        Assert.Equal(isUsed, server.Requests.Single().Path.EndsWith("&offset=900", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_Telegram_refuses_is_said_without_the_token()
    {
        foreach (var (reply, why) in new[]
        {
            (WireReply.Of(409), "somebody else"), (WireReply.Of(502), "502"), (WireReply.Ok("{\"ok\":false}"), "not ok"), (WireReply.Ok("{\"ok\":true,\"result\":[{"), "not JSON"),
        })
        {
            await using var server = Server(reply);
            var failure = (await SomeStream.Read(Stream(server))).Failure();
            Assert.Contains(why, failure.Why, StringComparison.Ordinal);
            Assert.DoesNotContain("secret", failure.Why, StringComparison.Ordinal);
        }

        await using var busy = Server(WireReply.Of(429, null, "Retry-After: 12"));
        Assert.Equal(TimeSpan.FromSeconds(12), (await SomeStream.Read(Stream(busy))).Failure().After);
    }

    [Fact]
    public async Task Updates_that_are_odd_cost_only_themselves()
    {
        await using var server = Server(Updates("3", "{}", """{"update_id":4,"channel_post":[]}""", """{"update_id":5,"my_chat_member":{}}""", Update(6, "\"text\":\"fine\"")));
        var said = await SomeStream.Read(Stream(server));
        Assert.Equal("fine", ((PostItem)Assert.Single(said.Items())).Text);
    }
}
