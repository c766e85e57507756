using System.Globalization;
using System.Text;
using ThreatWatch.Ingest.Sources;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;
using ThreatWatch.Tests.Wire;

namespace ThreatWatch.Tests.Ingest.Sources.Mastodon;

/// <summary>What a Mastodon server would say.</summary>
internal static class SomeStatus
{
    // 2026-11-02T08:00:00Z in a server's ids.
    public const long FirstId = 1_793_606_400_000L << 16;

    public const string Instance = """{"version":"4.5.0","configuration":{"urls":{},"timelines_access":{"live_feeds":{"local":"public","remote":"public"},"hashtag_feeds":{"local":"public","remote":"public"}}}}""";

    public static string Id(int number) => (FirstId + number).ToString(CultureInfo.InvariantCulture);

    public static string Of(int number, string content = "<p>hello</p>", string more = "", string visibility = "public") =>
        $$"""{"id":"{{Id(number)}}","created_at":"2026-11-02T08:00:00.000Z","visibility":"{{visibility}}","spoiler_text":"","content":{{Json.Write(content)}},"uri":"https://masto.example/s/{{number}}","url":"https://masto.example/@kim/{{number}}","account":{"acct":"kim"},"reblog":null,"edited_at":null{{more}}}""";

    /// <summary>As the servers do: newest first.</summary>
    public static string Page(params int[] numbers) => $"[{string.Join(',', numbers.OrderDescending().Select(number => Of(number, $"<p>post {number}</p>")))}]";

    public static string Event(string name, string data) => $"event: {name}\ndata: {data}\n\n";

    public static WireReply Events(params string?[] parts) => WireReply.Raw(
        [WireReply.Head(200, "Content-Type: text/event-stream"), Encoding.UTF8.GetBytes(":)\n"), .. parts.Select(part => part is null ? null : (object)Encoding.UTF8.GetBytes(part))]);

    public static SourceOptions Source(ScriptedServer server, string? token = null, params string[] hashtags) =>
        SomeStream.Of(SourceType.Mastodon, server.Url()) with { Hashtags = hashtags, Token = token is null ? Secret.None : new Secret(token) };
}
