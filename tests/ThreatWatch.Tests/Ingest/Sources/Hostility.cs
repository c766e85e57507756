using System.Text;
using System.Text.Json.Nodes;

namespace ThreatWatch.Tests.Ingest.Sources;

/// <summary>What hostile and broken senders do to a document: the same each time, so that a failure can be looked at.</summary>
internal static class Hostility
{
    private const string Splices = "<>&;\"'/=![]-? \0\u0018:#{},\\\ufffe";

    private static readonly string[] WrongValues =
    [
        "null", "true", "0", "-1", "1e308", "-1e-999", "99999999999999999999999999", "253402300800", "\"\"", "\" \"", "\"\\ud800\"", "\"\\u0000\"", "\"<p><b>x\"", "[]", "{}", "[null]", "[[[[1]]]]",
        "{\"a\":{\"a\":{}}}", "\"9999-99-99T99:99:99Z\"",
    ];

    /// <summary>Every beginning of a document.</summary>
    public static IEnumerable<byte[]> Truncations(string document)
    {
        var bytes = Encoding.UTF8.GetBytes(document);
        for (var length = 0; length < bytes.Length; length++)
            yield return bytes[..length];
    }

    /// <summary>Documents with some bytes changed, removed, put in or said again.</summary>
    public static IEnumerable<byte[]> Mutations(string document, int count, int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < count; i++)
        {
            var bytes = Encoding.UTF8.GetBytes(document).ToList();
            for (var change = random.Next(1, 8); change > 0 && bytes.Count > 4; change--)
            {
                var at = random.Next(bytes.Count);
                switch (random.Next(6))
                {
                    case 0: bytes[at] = (byte)random.Next(256); break;
                    case 1: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                    case 2: bytes.RemoveRange(at, random.Next(1, Math.Min(30, bytes.Count - at) + 1)); break;
                    case 3: bytes.RemoveRange(at, bytes.Count - at); break;
                    case 4: bytes.Insert(at, (byte)Splices[random.Next(Splices.Length)]); break;
                    default: bytes.InsertRange(at, bytes.GetRange(at, random.Next(1, Math.Min(200, bytes.Count - at) + 1))); break;
                }
            }

            yield return [.. bytes];
        }
    }

    /// <summary>JSON in which one value after the other is replaced by what nobody expects there; and left out.</summary>
    public static IEnumerable<string> WrongTypes(string json)
    {
        foreach (var path in Paths(JsonNode.Parse(json)!, []))
        {
            foreach (var wrong in WrongValues.Append(null))
            {
                var root = JsonNode.Parse(json)!;
                var parent = path[..^1].Aggregate(root, (node, key) => key is int index ? node[index]! : node[(string)key]!);
                var placeholder = "\u0001here\u0001";
                if (path[^1] is int at)
                    parent[at] = placeholder;
                else if (wrong is null)
                    parent.AsObject().Remove((string)path[^1]);
                else
                    parent[(string)path[^1]] = placeholder;
                // Put in as text, since no node holds what is not valid.
                yield return root.ToJsonString().Replace("\"\\u0001here\\u0001\"", wrong ?? "null", StringComparison.Ordinal);
            }
        }
    }

    /// <summary>JSON that is small to send and large to hold, in the place of every value that <paramref name="json"/> marks with "BOMB".</summary>
    /// <param name="size">How deep, how many or how long.</param>
    public static IEnumerable<string> Bombs(string json, int size)
    {
        foreach (var bomb in new[]
        {
            new string('[', size) + new string(']', size),
            string.Concat(Enumerable.Repeat("{\"a\":", size)) + "1" + new string('}', size),
            new string('[', size),
            $"[{string.Join(',', Enumerable.Repeat("{}", size))}]",
            $"{{{string.Join(',', Enumerable.Range(0, size).Select(i => $"\"a{i}\":1"))}}}",
            $"{{{string.Join(',', Enumerable.Repeat("\"a\":1", size))}}}",
            $"\"{new string('x', size * 10)}\"",
            $"\"{string.Concat(Enumerable.Repeat("\\u003cdiv\\u003e", size))}\"",
            $"\"{string.Concat(Enumerable.Repeat("&amp;", size))}\"",
            new string('9', size),
        })
            yield return json.Replace("\"BOMB\"", bomb, StringComparison.Ordinal);
    }

    private static IEnumerable<object[]> Paths(JsonNode node, object[] path)
    {
        IEnumerable<(object Key, JsonNode? Value)> members = node switch
        {
            JsonObject members1 => members1.Select(member => ((object)member.Key, member.Value)),
            JsonArray items => items.Select((item, index) => ((object)index, item)),
            _ => [],
        };
        foreach (var (key, value) in members)
        {
            yield return [.. path, key];
            if (value is not null)
            {
                foreach (var below in Paths(value, [.. path, key]))
                    yield return below;
            }
        }
    }
}
