using System.Diagnostics;
using System.Text;
using System.Text.Json;
using ThreatWatch.Ingest.Push;
using ThreatWatch.Ingest.Sources;
using ThreatWatch.Ingest.Sources.Discourse;
using ThreatWatch.Ingest.Sources.Files;
using ThreatWatch.Ingest.Sources.Jetstream;
using ThreatWatch.Ingest.Sources.Lemmy;
using ThreatWatch.Ingest.Sources.Mastodon;
using ThreatWatch.Ingest.Sources.Telegram;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Tests.Ingest.Sources.Jetstream;
using ThreatWatch.Tests.Ingest.Sources.Mastodon;
using ThreatWatch.Tests.Wire;

namespace ThreatWatch.Tests.Ingest.Sources;

/// <summary>No answer of a network, forum, bot or pusher makes a reader throw, hang or grow: of each a real one is cut, bent and blown up.</summary>
[Collection(Alone.Name)]
public sealed class HostileAnswersTests
{
    private const string Status =
        """{"id":"7","created_at":"2026-11-02T08:00:00.000Z","visibility":"public","spoiler_text":"cw","content":"<p>a <b>b</b></p>","url":"https://m.example/@kim/7","account":{"acct":"kim"},"reblog":null,"media_attachments":[{"description":"alt"}],"poll":{"options":[{"title":"one"}]}}""";

    private const string Lemmy =
        """{"post":{"id":2,"name":"Title","body":"body","ap_id":"https://l.example/post/2","published_at":"2026-11-02T08:00:00Z","removed":false,"deleted":false},"creator":{"name":"kim"},"community":{"name":"school","visibility":"public"}}""";

    private const string Telegram =
        """{"update_id":5,"channel_post":{"message_id":6,"chat":{"id":-100123,"username":"CedarNews","type":"channel"},"date":1793606400,"text":"hello","caption":"c","poll":{"question":"q","options":[{"text":"o"}]}}}""";

    private const string Discourse =
        """{"id":1,"topic_id":3,"topic_slug":"lunch","topic_title":"Lunch","post_number":1,"category_id":5,"created_at":"2026-11-02T07:00:00.000Z","username":"kim","cooked":"<p>hello</p>","hidden":false}""";

    private const string Push = """{"id":"1","text":"words","title":"t","url":"https://p.example/1","author":"kim","publishedAt":"2026-11-02T08:00:00Z","op":"post"}""";

    private static readonly string Event = SomeEvent.Post(
        "words", more: ""","embed":{"$type":"e","images":[{"alt":"a"}],"external":{"title":"t","description":"d"}},"tags":["x"],"labels":{"values":[{"val":"!no"}]}""");

    private static readonly Dictionary<string, (string Sample, Action<byte[]> Read)> Parsers = new()
    {
        ["jetstream post"] = (Event, bytes => JetstreamEvent.TryRead(bytes, out _, out _)),
        ["jetstream account"] = (SomeEvent.Account(false, "deleted"), bytes => JetstreamEvent.TryRead(bytes, out _, out _)),
        ["jetstream profile"] = (
            SomeEvent.Commit("update", "app.bsky.actor.profile", "self", null, SomeEvent.Did, """{"labels":{"values":[{"val":"!no-unauthenticated"}]}}"""),
            bytes => JetstreamEvent.TryRead(bytes, out _, out _)),
        ["mastodon"] = (Status, bytes => Parse(bytes, status => MastodonStatus.Read(status))),
        ["lemmy"] = (Lemmy, bytes => Parse(bytes, view => LemmyView.Read(view, LemmyKind.Post))),
        ["telegram"] = (Telegram, bytes => Parse(bytes, update => TelegramPost.Read(update, ["@cedarnews"]))),
        ["push"] = (Push, bytes => PushBody.Read(bytes, isNdjson: false)),
        ["push ndjson"] = ($"{Push}\n{{\"id\":\"2\",\"op\":\"delete\"}}", bytes => PushBody.Read(bytes, isNdjson: true)),
        ["file"] = (Push, bytes => NdjsonLine.Parse(bytes)),
    };

    public static TheoryData<string> ParserNames => [.. Parsers.Keys];

    [Theory]
    [MemberData(nameof(ParserNames))]
    public void Cut_at_every_length_and_mutated_in_bits_and_pieces_it_is_read_or_left(string name)
    {
        var (sample, read) = Parsers[name];
        InTime(() =>
        {
            foreach (var bytes in Hostility.Truncations(sample).Concat(Hostility.Mutations(sample, 1000, seed: 20261128)))
                read(bytes);
        });
    }

    [Theory]
    [MemberData(nameof(ParserNames))]
    public void With_any_value_of_another_type_or_blown_up_it_is_read_or_left(string name)
    {
        var (sample, read) = Parsers[name];
        InTime(() =>
        {
            foreach (var first in sample.Split('\n'))
            {
                foreach (var text in Hostility.WrongTypes(first))
                    read(Encoding.UTF8.GetBytes(text));
                var members = JsonDocument.Parse(first).RootElement.EnumerateObject().Select(member => member.Name);
                foreach (var bomb in members.SelectMany(member => Hostility.Bombs(first.Replace($"\"{member}\":", $"\"{member}\":\"BOMB\",\"was\":", StringComparison.Ordinal), 2000)))
                    read(Encoding.UTF8.GetBytes(bomb));
            }

            foreach (var bomb in Hostility.Bombs("\"BOMB\"", 100_000))
                read(Encoding.UTF8.GetBytes(bomb));
        });
    }

    [Theory]
    [InlineData("discourse", """{"latest_posts":[SAMPLE]}""", Discourse)]
    [InlineData("lemmy", """{"items":[SAMPLE],"next_page":null}""", Lemmy)]
    [InlineData("mastodon", "[SAMPLE]", Status)]
    [InlineData("telegram", """{"ok":true,"result":[SAMPLE]}""", Telegram)]
    [InlineData("mastodon live", "SAMPLE", Status)]
    public async Task Over_the_wire_every_answer_ends_in_a_batch_or_a_reason(string name, string frame, string sample)
    {
        var whole = frame.Replace("SAMPLE", sample, StringComparison.Ordinal);
        List<byte[]> answers =
        [
            .. Hostility.Mutations(whole, 20, seed: 7),
            .. Hostility.WrongTypes(whole).Where((_, index) => index % 19 == 0).Take(12).Select(Encoding.UTF8.GetBytes),
            .. Hostility.Bombs(frame.Replace("SAMPLE", "\"BOMB\"", StringComparison.Ordinal), 30_000).Select(Encoding.UTF8.GetBytes),
        ];
        byte[] answer = [];
        await using var server = new ScriptedServer(request => request.Path.Contains("/instance", StringComparison.Ordinal) ? WireReply.Ok(SomeStatus.Instance)
            : name != "mastodon live" ? WireReply.Of(200, answer, "Content-Type: application/json")
            : request.Path.Contains("/streaming/", StringComparison.Ordinal) ? WireReply.Raw(WireReply.Head(200, "Content-Type: text/event-stream"), "event: update\ndata: ", answer, "\n\n")
            : WireReply.Ok("[]"));
        foreach (var one in answers)
        {
            answer = one;
            var clock = Stopwatch.StartNew();
            var said = await ReadAsync(name, server);
            Assert.NotEmpty(said);
            Assert.All(said, outcome => Assert.True(outcome is SourceBatch or ReadFailed));
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), $"{one.Length:N0} bytes took {clock.Elapsed}");
        }
    }

    private static async Task<IReadOnlyList<ReadOutcome>> ReadAsync(string name, ScriptedServer server)
    {
        // Each with a fetcher of its own, so that no host's turn is used up.
        var time = SomeStream.Clock();
        using var fetcher = SomeStream.Fetcher(time);
        static Task<IReadOnlyList<string>> Nothing(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>(["5"]);
        switch (name)
        {
            case "discourse":
                return [await new DiscourseReader(SomeStream.Of(SourceType.Discourse, server.Url()), fetcher, Nothing).ReadAsync(null, CancellationToken.None)];
            case "lemmy":
                return [await new LemmyReader(SomeStream.Of(SourceType.Lemmy, server.Url()), fetcher).ReadAsync(null, CancellationToken.None)];
            case "mastodon":
                return [await new MastodonReader(SomeStatus.Source(server), fetcher, time, Nothing).ReadAsync(null, CancellationToken.None)];
            case "telegram":
                var bot = SomeStream.Of(SourceType.Telegram, server.Url()) with { Token = new Secret("1:secret"), Only = ["@cedarnews"] };
                return await SomeStream.Read(new TelegramStream(bot, fetcher, SomeStream.Settings(), time), enough: said => said.Count > 0);
            default:
                using (var lines = SomeStream.Lines(time))
                    return await SomeStream.Read(new MastodonStream(SomeStatus.Source(server, "token"), fetcher, lines, time, Nothing));
        }
    }

    // As the readers do with a whole answer.
    private static void Parse(byte[] bytes, Action<JsonElement> read)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = 64 });
            read(document.RootElement);
        }
        catch (JsonException)
        {
            // Said to the operator as an answer that is not JSON.
        }
    }

    private static void InTime(Action work)
    {
        var (clock, before) = (Stopwatch.StartNew(), GC.GetTotalMemory(forceFullCollection: true));
        work();
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(15), $"took {clock.Elapsed}");
        Assert.True(GC.GetTotalMemory(forceFullCollection: true) - before < 64 << 20, "something is kept");
    }
}

/// <summary>Tests that look at the memory of the whole process: no other runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
