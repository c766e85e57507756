using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ThreatWatch.Alerting.Acknowledging;
using ThreatWatch.Core;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Tests.Alerting.Acknowledging;

public sealed class AcknowledgePagesTests : IAsyncLifetime
{
    private readonly AlertingHouse _house = new();
    private readonly HttpClient _browser = new(new SocketsHttpHandler { AllowAutoRedirect = false });
    private WebApplication _app = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(_house.Get<AcknowledgePages>());
        _app = builder.Build();
        AcknowledgePages.Map(_app);
        await _app.StartAsync();
        _browser.BaseAddress = new Uri(_app.Urls.Single());
        await _house.DetectAsync((Some.Post("the words of a pupil and a gun", school: "juniper"), RiskLevel.High));
    }

    public async ValueTask DisposeAsync()
    {
        _browser.Dispose();
        await _app.DisposeAsync();
        await _house.DisposeAsync();
    }

    [Fact]
    public async Task Looking_shows_the_alert_and_acknowledges_nothing()
    {
        var page = await _browser.GetAsync(await LinkAsync("ortega"));
        var html = await page.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Contains("HIGH threat - Juniper Street Elementary", html, StringComparison.Ordinal);
        Assert.Contains("I have it", html, StringComparison.Ordinal);
        Assert.DoesNotContain("words of a pupil", html, StringComparison.Ordinal);
        Assert.Equal("no-store", page.Headers.CacheControl!.ToString());
        Assert.Equal(AlertState.Open, (await _house.OnlyAlertAsync()).State);
    }

    [Fact]
    public async Task The_button_acknowledges_for_the_person_of_the_link()
    {
        var page = await _browser.PostAsync(await LinkAsync("ortega"), null);
        Assert.Contains("you have it since", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var alert = await _house.OnlyAlertAsync();
        Assert.Equal((AlertState.Acknowledged, "ortega", "link"), (alert.State, alert.AcknowledgedBy, alert.AcknowledgedVia));
    }

    [Fact]
    public async Task The_second_one_is_told_who_was_first()
    {
        await _browser.PostAsync(await LinkAsync("ortega"), null);
        var page = await _browser.PostAsync(await LinkAsync("lindqvist"), null);
        Assert.Contains("Officer R. Ortega has it since", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_many_at_the_same_moment_one_wins_and_one_audit_entry_says_so()
    {
        var links = new[] { await LinkAsync("ortega"), await LinkAsync("lindqvist"), await LinkAsync("desk"), await LinkAsync("amari") };
        await Task.WhenAll(links.Select(link => _browser.PostAsync(link, null)));
        var alert = await _house.OnlyAlertAsync();
        var audit = await _house.Get<AuditLog>().AboutAsync(alert.Id, CancellationToken.None);
        Assert.Equal(alert.AcknowledgedBy, Assert.Single(audit, row => row.Action == "alert.acknowledged").Actor);
    }

    [Fact]
    public async Task A_forged_link_is_not_found_and_an_expired_one_is_gone()
    {
        var link = await LinkAsync("ortega");
        var forged = link.Replace("ortega", "lindqvist", StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await _browser.PostAsync(forged, null)).StatusCode);
        _house.Time.Advance(TimeSpan.FromDays(4));
        Assert.Equal(HttpStatusCode.Gone, (await _browser.PostAsync(link, null)).StatusCode);
        Assert.Equal(AlertState.Open, (await _house.OnlyAlertAsync()).State);
    }

    private async Task<string> LinkAsync(string officerId) =>
        _house.Get<AcknowledgeLinks>().For((await _house.OnlyAlertAsync()).Id, officerId).AbsolutePath;
}
