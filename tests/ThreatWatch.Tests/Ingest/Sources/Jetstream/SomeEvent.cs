using System.Text.Json.Nodes;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Tests.Ingest.Sources.Jetstream;

/// <summary>Events of the Jetstream v1 wire as a server would write them.</summary>
internal static class SomeEvent
{
    public const string Did = "did:plc:aaaabbbbccccddddeeeeffff";

    public static long Us(DateTimeOffset at) => (at - DateTimeOffset.UnixEpoch).Ticks / 10;

    public static string Post(string text, string key = "k1", long? us = null, string operation = "create", string did = Did, string more = "") =>
        Commit(operation, "app.bsky.feed.post", key, us, did, $$"""{"$type":"app.bsky.feed.post","createdAt":"2001-01-01T00:00:00Z","langs":["en"],"text":{{Json.Write(text)}}{{more}}}""");

    public static string Deleted(string key, long? us = null) => Commit("delete", "app.bsky.feed.post", key, us, Did, null);

    public static string Account(bool active, string? status, long? us = null) =>
        Event(us, Did, "account", new { active, did = Did, seq = 3, status, time = "2026-11-02T08:00:00Z" });

    public static string Commit(string operation, string collection, string key, long? us, string did, string? record) =>
        Event(us, did, "commit", new { rev = "r", operation, collection, rkey = key, record = record is null ? null : JsonNode.Parse(record), cid = "c" });

    private static string Event(long? us, string did, string kind, object body) =>
        $"{{\"did\":{Json.Write(did)},\"time_us\":{us ?? Us(SomeStream.Now)},\"kind\":\"{kind}\",\"{kind}\":{Json.Write(body)}}}";
}
