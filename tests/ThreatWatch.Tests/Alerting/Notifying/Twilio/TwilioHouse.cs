using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ThreatWatch.Alerting.Notifying.Sms;
using ThreatWatch.Alerting.Notifying.Twilio;
using ThreatWatch.Alerting.Notifying.Voice;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Tests.Alerting.Notifying.Twilio;

/// <summary>An alerting house whose text messages and calls go to a scripted Twilio, which can call back.</summary>
internal sealed class TwilioHouse : IAsyncDisposable
{
    public const string PublicUrl = "https://watch.district.example/";

    private readonly HttpClient _caller = new(new SocketsHttpHandler());
    private readonly WebApplication _app;

    private TwilioHouse(AlertingHouse house, ScriptedTwilio provider, WebApplication app)
    {
        (House, Provider, _app) = (house, provider, app);
        _caller.BaseAddress = new Uri(app.Urls.Single());
    }

    public AlertingHouse House { get; }

    public ScriptedTwilio Provider { get; }

    /// <param name="channels">Of the only step.</param>
    public static async Task<TwilioHouse> StartAsync(params Channel[] channels)
    {
        AlertingHouse? house = null;
        var provider = new ScriptedTwilio(() => house!.Time.GetUtcNow());
        var options = Some.Options() with
        {
            Escalation = new() { Steps = [new() { Channels = channels.Length > 0 ? channels : [Channel.Sms] }], RoundEvery = TimeSpan.FromHours(12) },
            Twilio = new() { AccountSid = ScriptedTwilio.Account, AuthToken = new Secret(ScriptedTwilio.Token), Url = provider.Url, PerSecond = 200 },
            Sms = new SmsOptions { From = "+15555550190" },
            Voice = new VoiceOptions { From = "+15555550191" },
        };
        house = new AlertingHouse(options);
        var current = house.Settings;
        house.Settings.Replace(SettingsSnapshot.Of(
            current.Current.File, current.Sections, current.Get<StorageOptions>(), current.Get<District>(), options,
            new HttpOptions { PublicUrl = new Uri(PublicUrl) }));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(house.Get<TwilioCallbacks>());
        var app = builder.Build();
        TwilioCallbacks.Map(app);
        await app.StartAsync();
        return new TwilioHouse(house, provider, app);
    }

    /// <summary>Calls one of our addresses as Twilio does, signed unless another signature is given.</summary>
    public async Task<(HttpStatusCode Status, string Body)> CallBackAsync(string url, Dictionary<string, string> fields, string? signature = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(url).PathAndQuery) { Content = new FormUrlEncodedContent(fields) };
        request.Headers.Add(TwilioSignature.Header, signature ?? TwilioSignature.Sign(ScriptedTwilio.Token, url, fields));
        using var response = await _caller.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>A receipt for a message that was taken.</summary>
    public Task<(HttpStatusCode Status, string Body)> ReceiptAsync(IReadOnlyDictionary<string, string> message, string status, string? error = null)
    {
        var fields = new Dictionary<string, string> { ["MessageSid"] = message["Sid"], ["MessageStatus"] = status, ["To"] = message["To"] };
        if (error is not null)
            fields["ErrorCode"] = error;
        return CallBackAsync(message["StatusCallback"], fields);
    }

    /// <summary>Somebody answers by text message.</summary>
    public Task<(HttpStatusCode Status, string Body)> TextAsync(string from, string body, string? signature = null) =>
        CallBackAsync($"{PublicUrl}twilio/sms/inbound", new() { ["From"] = from, ["Body"] = body, ["MessageSid"] = "SM99" }, signature);

    public async ValueTask DisposeAsync()
    {
        _caller.Dispose();
        await _app.DisposeAsync();
        await House.DisposeAsync();
        await Provider.DisposeAsync();
    }
}
