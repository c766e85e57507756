using System.Data.Common;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ThreatWatch.Alerting.Notifying.Twilio;
using ThreatWatch.EndToEnd.Machine;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;
using ThreatWatch.Tests.Alerting.Notifying.Twilio;

namespace ThreatWatch.EndToEnd.Flow;

/// <summary>A whole installation for one test: a feed, a mail server, and the daemon in one process or a process for each role.</summary>
internal sealed partial class Pipeline : IAsyncDisposable
{
    public const string Officer = "ortega@district.example";
    public const string OfficerName = "Officer Q. Ortegaberg";
    public const string Phone = "+15555550147";
    public const string PublicUrl = "https://watch.district.example/";

    private Pipeline(FeedServer feed, RealMailServer mail, JsonObject settings, IReadOnlyList<ThreatWatchProcess> processes)
    {
        Feed = feed;
        Mail = mail;
        Settings = settings;
        Processes = processes;
    }

    public FeedServer Feed { get; }

    public RealMailServer Mail { get; }

    public JsonObject Settings { get; }

    public IReadOnlyList<ThreatWatchProcess> Processes { get; }

    public static TheoryData<string> Ways => ["embedded", "scaled"];

    /// <param name="way">"embedded": one process on SQLite. "scaled": a process for each role on RabbitMQ and PostgreSQL.</param>
    /// <param name="broker">Instead of the shared one, for tests that kill it.</param>
    /// <param name="database">Instead of the shared one.</param>
    public static async Task<Pipeline> OpenAsync(TestMachine machine, string way, RealBroker? broker = null, RealDatabase? database = null)
    {
        TestMachine.Require(RealMailServer.Missing);
        if (way == "scaled")
        {
            broker ??= await machine.BrokerAsync();
            database ??= await machine.DatabaseAsync();
        }

        var folder = machine.NewFolder("pipeline");
        await File.WriteAllTextAsync(
            Path.Combine(folder, "keywords.json"), """{ "lists": [{ "name": "test", "keywords": [{ "term": "gun", "atLeast": "critical" }] }] }""");
        var feed = await FeedServer.StartAsync();
        var mail = await RealMailServer.StartAsync(machine.NewFolder("mail"));
        var settings = SettingsOf(feed, mail);
        if (way == "scaled")
        {
            settings["storage"] = new JsonObject { ["provider"] = "postgreSql", ["connection"] = await database!.NewDatabaseAsync() };
            settings["queue"] = new JsonObject { ["provider"] = "rabbitMq", ["uri"] = broker!.Uri, ["prefix"] = machine.NewName("flow") };
        }
        else
        {
            settings["storage"] = new JsonObject { ["provider"] = "sqlite", ["path"] = Path.Combine(folder, "threatwatch.db") };
            settings["queue"] = new JsonObject { ["provider"] = "embedded", ["lease"] = "5s" };
        }

        string[][] roles = way == "scaled" ? [["ingest"], ["classifier"], ["alerting"], ["console"]] : [[]];
        return new Pipeline(feed, mail, settings, [.. roles.Select(of => new ThreatWatchProcess(folder, settings, of))]);
    }

    public async Task StartAsync()
    {
        foreach (var process in Processes)
            process.Launch();
        foreach (var process in Processes)
            await process.WaitUntilReadyAsync();
    }

    /// <summary>Publishes a threat that the keywords take for one; its words are its own, so that it is no repeat of another.</summary>
    public void Threaten(int number)
    {
        var random = new Random(number);
        var words = string.Join(' ', Enumerable.Range(0, 16).Select(_ => Words[random.Next(Words.Length)]));
        Feed.Add($"threat-{number}", $"the gun at {Schools[number % Schools.Length]} {words}");
    }

    /// <summary>Lets text messages go to a scripted Twilio, which may call back; before the start.</summary>
    /// <param name="steps">Of the escalation; e-mail and text message once where not given.</param>
    public void UsePhones(ScriptedTwilio phones, params JsonObject[] steps)
    {
        var alerting = Settings["alerting"]!;
        alerting["twilio"] = new JsonObject
        {
            ["accountSid"] = ScriptedTwilio.Account, ["authToken"] = ScriptedTwilio.Token, ["url"] = phones.Url.AbsoluteUri, ["perSecond"] = 200,
        };
        alerting["sms"] = new JsonObject { ["from"] = "+15555550190" };
        if (steps.Length > 0)
            alerting["escalation"] = new JsonObject { ["steps"] = new JsonArray([.. steps]) };
        Settings["http"] = new JsonObject { ["publicUrl"] = PublicUrl, ["signingKey"] = "a key of at least thirty-two characters" };
        foreach (var process in Processes)
            process.Write(Settings);
    }

    /// <summary>Somebody answers by text message, as Twilio tells us of it; null where we hang up.</summary>
    public async Task<string?> ReplyAsync(string from, string body)
    {
        const string Url = PublicUrl + "twilio/sms/inbound";
        var fields = new Dictionary<string, string> { ["From"] = from, ["Body"] = body, ["MessageSid"] = "SM99" };
        var process = Processes.Single(process => process.Name is "all" or "alerting");
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{process.Address}/twilio/sms/inbound") { Content = new FormUrlEncodedContent(fields) };
        request.Headers.Add(TwilioSignature.Header, TwilioSignature.Sign(ScriptedTwilio.Token, Url, fields));
        try
        {
            using var response = await client.SendAsync(request);
            return $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}";
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>Reads the store as it is now, beside the processes.</summary>
    public async Task<List<T>> ReadAsync<T>(string sql, Func<DbDataReader, T> map)
    {
        var storage = Settings["storage"]!;
        var database = Database.Open(
            (string)storage["provider"]! == "sqlite"
                ? new StorageOptions { Path = (string)storage["path"]! }
                : new StorageOptions { Provider = StorageProvider.PostgreSql, Connection = new Secret((string)storage["connection"]!) },
            "/");
        using var over = (IDisposable)database.Dialect;
        return await database.QueryAsync(sql, map, CancellationToken.None);
    }

    /// <summary>The last lines of every process, for the message of a test that fails.</summary>
    public string Said() => string.Join("\n--\n", Processes.Select(process => $"{process.Name}:\n{string.Join('\n', process.Log.TakeLast(25))}"));

    /// <summary>The mails about posts of the feed, by the post's number.</summary>
    public ILookup<int, ReceivedMail> MailsByPost() => Mail.Received()
        .Select(mail => (Mail: mail, Number: PostAddress().Match(Unfold(mail.Mail))))
        .Where(pair => pair.Number.Success)
        .ToLookup(pair => int.Parse(pair.Number.Groups[1].Value, CultureInfo.InvariantCulture), pair => pair.Mail);

    /// <summary>Waits until a mail about each of these posts has arrived.</summary>
    public async Task AwaitMailsAsync(IEnumerable<int> posts, int seconds = 90)
    {
        var wanted = posts.ToList();
        await TestMachine.EventuallyAsync(
            () => Task.FromResult(!wanted.Except(MailsByPost().Select(group => group.Key)).Any()),
            TimeSpan.FromSeconds(seconds),
            () => $"no mail about {string.Join(", ", wanted.Except(MailsByPost().Select(group => group.Key)))}; the feed was read {Feed.Reads} times.\n"
                + Said());
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in Processes)
            await process.DisposeAsync();
        await Mail.DisposeAsync();
        await Feed.DisposeAsync();
    }

    private static readonly string[] Schools = ["Cedar Ridge High", "Harlan Creek High", "Bellweather Middle"];

    private static readonly string[] Words =
    [
        "amber", "basin", "cobalt", "dapple", "ember", "fathom", "gravel", "hollow", "inkwell", "jigsaw", "kettle", "lantern", "meadow", "nettle",
        "orchard", "pebble", "quarry", "ripple", "saddle", "thimble", "umbrella", "velvet", "walnut", "yonder", "zephyr", "anchor", "bramble",
        "cinder", "drizzle", "eagle", "ferry", "goblet", "harbor", "icicle", "juniper", "kernel", "ladder", "marble", "needle", "otter", "parsley",
        "quilt", "rafter", "spindle", "timber", "urchin", "violet", "willow", "yarrow", "zipper", "acorn", "barrel", "candle", "dagger", "elbow",
        "feather", "garnet", "hazel", "island", "jacket", "knuckle", "lemon", "mitten", "nutmeg", "oyster", "pillow", "quiver", "ribbon",
    ];

    private static JsonObject SettingsOf(FeedServer feed, RealMailServer mail) => new()
    {
        ["district"] = new JsonObject
        {
            ["name"] = "Test District",
            ["timeZone"] = "UTC",
            ["desk"] = "desk",
            ["schools"] = new JsonArray([.. Schools.Select((name, i) => (JsonNode)new JsonObject
            {
                ["id"] = $"school-{i}",
                ["name"] = name,
                ["officers"] = new JsonArray("ortega"),
            })]),
            ["officers"] = new JsonArray(
                new JsonObject { ["id"] = "ortega", ["name"] = OfficerName, ["email"] = Officer, ["sms"] = Phone },
                new JsonObject { ["id"] = "desk", ["name"] = "The desk", ["email"] = "desk@district.example" }),
        },
        ["sources"] = new JsonArray(new JsonObject
        {
            ["id"] = "feed",
            ["type"] = "feed",
            ["url"] = feed.Url,
            ["every"] = "1s",
            ["legalBasis"] = "our own",
            ["permission"] = "a test",
            ["reviewedOn"] = "2026-09-01",
            ["allowPrivateAddress"] = true,
        }),
        ["fetching"] = new JsonObject { ["perHostPerMinute"] = 6000, ["perHostBurst"] = 100, ["allowedAddresses"] = new JsonArray("127.0.0.0/8") },
        // The keywords alone judge, so that no test hangs on what a model makes of its words.
        ["classifier"] = new JsonObject { ["model"] = "no-model", ["keywords"] = "keywords.json" },
        ["alerting"] = new JsonObject
        {
            ["escalation"] = new JsonObject { ["once"] = true },
            ["email"] = new JsonObject
            {
                ["from"] = "watch@district.example",
                ["smtp"] = new JsonObject { ["host"] = "127.0.0.1", ["port"] = mail.Port, ["security"] = "none" },
            },
        },
        ["log"] = new JsonObject { ["format"] = "json", ["level"] = "information" },
    };

    /// <summary>Undoes the soft line breaks of quoted-printable, so that an address can be found.</summary>
    private static string Unfold(string mail) => mail.Replace("=\r\n", "", StringComparison.Ordinal).Replace("=\n", "", StringComparison.Ordinal);

    [GeneratedRegex(@"http://127\.0\.0\.1/threat-(\d+)")]
    private static partial Regex PostAddress();
}
