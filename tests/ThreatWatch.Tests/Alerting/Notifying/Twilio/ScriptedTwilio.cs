using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using ThreatWatch.Tests.Wire;

namespace ThreatWatch.Tests.Alerting.Notifying.Twilio;

/// <summary>Speaks as much of Twilio's API as we use, on the wire: takes messages and calls, lists them, throttles, refuses and breaks off as a test says.</summary>
internal sealed class ScriptedTwilio : IAsyncDisposable
{
    public const string Account = "AC00000000000000000000000000000000";
    public const string Token = "a-token-of-no-account";

    private readonly ScriptedServer _server;
    private readonly ConcurrentQueue<Func<Func<WireReply>, WireReply>> _script = new();
    private int _count;

    public ScriptedTwilio(Func<DateTimeOffset> now) => _server = new ScriptedServer(request => Answer(request, now()));

    public Uri Url => _server.Url();

    /// <summary>What was taken, in order, as the fields of the form and "Sid".</summary>
    public ConcurrentQueue<IReadOnlyDictionary<string, string>> Taken { get; } = new();

    /// <summary>Requests that made or would have made a message or call.</summary>
    public int Posts => _server.Requests.Count(request => request.Method == "POST");

    /// <summary>The next request to make something is refused in this way.</summary>
    public void Refuse(int status, int code, params string[] headers) =>
        _script.Enqueue(_ => WireReply.Of(
            status, Encoding.UTF8.GetBytes($$"""{"code": {{code}}, "message": "The 'To' number +15555550101 is not good", "status": {{status}}}"""), headers));

    /// <summary>The next one is taken, but the connection breaks before the answer.</summary>
    public void BreakAfterTaking() =>
        _script.Enqueue(take =>
        {
            take();
            return WireReply.Raw();
        });

    /// <summary>The next one is answered by somebody else, such as a captive portal.</summary>
    public void AnswerWith(string body) => _script.Enqueue(_ => WireReply.Ok(body));

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    public static IReadOnlyDictionary<string, string> Form(string body) =>
        body.Split('&').Select(pair => pair.Split('=')).ToDictionary(pair => WebUtility.UrlDecode(pair[0]), pair => WebUtility.UrlDecode(pair[1]));

    private WireReply Answer(WireRequest request, DateTimeOffset now)
    {
        if (request["Authorization"] != "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Account}:{Token}")))
            return WireReply.Of(401, Encoding.UTF8.GetBytes("""{"code": 20003, "message": "Authenticate"}"""));
        if (!request.Path.StartsWith($"/2010-04-01/Accounts/{Account}", StringComparison.Ordinal))
            return WireReply.Of(404, Encoding.UTF8.GetBytes("""{"code": 20404, "message": "not found"}"""));
        if (request.Method == "GET")
            return WireReply.Ok(request.Path.Contains("/Messages.json?To=", StringComparison.Ordinal) ? List(request) : """{"status":"active"}""");
        WireReply Take()
        {
            var prefix = request.Path.EndsWith("/Calls.json", StringComparison.Ordinal) ? "CA" : "SM";
            var sid = $"{prefix}{Interlocked.Increment(ref _count):D32}";
            Taken.Enqueue(new Dictionary<string, string>(Form(request.Text)) { ["Sid"] = sid, ["Created"] = now.ToString("R", CultureInfo.InvariantCulture) });
            return WireReply.Of(201, Encoding.UTF8.GetBytes($$"""{"sid": "{{sid}}", "status": "queued"}"""));
        }

        return _script.TryDequeue(out var scripted) ? scripted(Take) : Take();
    }

    private string List(WireRequest request)
    {
        var to = Form(request.Path[(request.Path.IndexOf('?', StringComparison.Ordinal) + 1)..])["To"];
        return JsonSerializer.Serialize(new
        {
            messages = Taken.Where(message => message["To"] == to).Reverse()
                .Select(message => new { sid = message["Sid"], body = message["Body"], status = "queued", date_created = message["Created"] }),
        });
    }
}
