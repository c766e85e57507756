using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ThreatWatch.Console;
using ThreatWatch.Console.Alerts;
using ThreatWatch.Console.Cases;
using ThreatWatch.Console.Reviews;
using ThreatWatch.Console.Sources;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;
using ThreatWatch.Tests.Alerting;

namespace ThreatWatch.Tests.Console;

/// <summary>The console's forms and pages on the wire, as somebody on this machine uses them.</summary>
public sealed class ConsolePagesTests : IAsyncLifetime
{
    private readonly AlertingHouse _house = new();
    private readonly HttpClient _browser = new(new SocketsHttpHandler { UseProxy = false });
    private WebApplication _app = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        Share<Settings>();
        Share<TimeProvider>();
        Share<AlertActions>();
        Share<SharingStore>();
        Share<AlertListPage>();
        Share<AlertPage>();
        Share<CaseFiles>();
        Share<CasePdf>();
        Share<SourcesPage>();
        Share<ReviewPages>();
        _app = builder.Build();
        _app.MapConsole();
        await _app.StartAsync();
        _browser.BaseAddress = new Uri(_app.Urls.Single());
        await _house.DetectAsync((Some.Post(), RiskLevel.High));

        void Share<T>()
            where T : class => builder.Services.AddSingleton(_house.Get<T>());
    }

    public async ValueTask DisposeAsync()
    {
        _browser.Dispose();
        await _app.DisposeAsync();
        await _house.DisposeAsync();
    }

    [Fact]
    public async Task A_second_reader_is_shown_the_post_and_not_what_the_first_made_of_it()
    {
        var id = await ClosedAsync();
        Assert.Contains($"/reviews/{id}", await PageAsync("/reviews"), StringComparison.Ordinal);
        var page = await PageAsync($"/reviews/{id}");
        Assert.Contains("<mark>gun</mark>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("only a lyric", page, StringComparison.Ordinal);
        Assert.DoesNotContain("ortega", Regex.Replace(page, "<option.*?</option>", ""), StringComparison.OrdinalIgnoreCase);

        Assert.Equal(HttpStatusCode.OK, await PostAsync($"/reviews/{id}", ("disposition", "Transient"), ("note", "said in anger")));
        var alert = await PageAsync($"/alerts/{id}");
        Assert.Contains("Referral", alert, StringComparison.Ordinal);
        Assert.Contains("only a lyric", alert, StringComparison.Ordinal);
        Assert.Contains("Transient <span class=\"quiet\">second reader</span><br><span class=\"quiet\">said in anger", alert, StringComparison.Ordinal);
        Assert.Contains("None waits for you", await PageAsync("/reviews"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Conflict, await PostAsync($"/reviews/{id}", ("disposition", "Transient")));
    }

    [Fact]
    public async Task Nobody_is_asked_for_a_second_reading_of_what_they_closed_themselves_of_a_drill_or_of_what_is_open()
    {
        await _house.DetectAsync((Some.Post("a drill") with { IsDrill = true }, RiskLevel.High));
        foreach (var alert in await _house.AlertsAsync())
        {
            Assert.DoesNotContain(alert.Id, await PageAsync("/reviews"), StringComparison.Ordinal);
            await PostAsync($"/alerts/{alert.Id}/close", ("disposition", "NotAThreat"));
            Assert.DoesNotContain(alert.Id, await PageAsync("/reviews"), StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.Conflict, await PostAsync($"/reviews/{alert.Id}", ("disposition", "Transient")));
        }
    }

    [Fact]
    public async Task What_was_given_to_a_partner_is_recorded_with_its_ground_and_shown()
    {
        var id = (await _house.OnlyAlertAsync()).Id;
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync($"/alerts/{id}/share", ("partner", "county sheriff"), ("basis", " "), ("fields", "text")));
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync($"/alerts/{id}/share", ("partner", "county sheriff"), ("basis", "MOU"), ("fields", "phone")));
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync($"/alerts/{id}/share", ("partner", "county sheriff"), ("basis", "MOU")));
        Assert.Equal(HttpStatusCode.NotFound, await PostAsync("/alerts/XXXX-XXXX/share", ("partner", "county sheriff"), ("basis", "MOU"), ("fields", "text")));
        Assert.Equal(HttpStatusCode.OK, await PostAsync($"/alerts/{id}/share", ("partner", "county <sheriff>"), ("basis", "MOU of 2025"), ("fields", "text"), ("fields", "url")));

        Assert.Contains("text, url to county &lt;sheriff&gt;<br><span class=\"quiet\">MOU of 2025", await PageAsync($"/alerts/{id}"), StringComparison.Ordinal);
        var share = Assert.Single(await _house.Get<SharingStore>().OfAlertAsync(id, CancellationToken.None));
        Assert.Equal(("county <sheriff>", "text,url", "console"), (share.Partner, string.Join(',', share.Fields), share.SharedBy));
    }

    [Fact]
    public async Task The_case_is_a_pdf_and_that_it_was_taken_is_in_the_audit()
    {
        var id = (await _house.OnlyAlertAsync()).Id;
        using var answer = await _browser.GetAsync(new Uri($"/alerts/{id}/case.pdf", UriKind.Relative));
        Assert.Equal(("application/pdf", $"alert-{id}.pdf"), (answer.Content.Headers.ContentType!.MediaType, answer.Content.Headers.ContentDisposition!.FileName));
        Assert.StartsWith("%PDF-", System.Text.Encoding.Latin1.GetString(await answer.Content.ReadAsByteArrayAsync()), StringComparison.Ordinal);
        Assert.Contains(await _house.Get<AuditLog>().AboutAsync(id, CancellationToken.None), row => row is { Action: "alert.exported", Actor: "console" });
        using var none = await _browser.GetAsync(new Uri("/alerts/XXXX-XXXX/case.pdf", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
    }

    private async Task<string> ClosedAsync()
    {
        var id = (await _house.OnlyAlertAsync()).Id;
        await _house.Get<AlertActions>().CloseAsync(id, "ortega", "cli", Disposition.Referral, "only a lyric", CancellationToken.None);
        return id;
    }

    private async Task<string> PageAsync(string path) => await _browser.GetStringAsync(new Uri(path, UriKind.Relative));

    private async Task<HttpStatusCode> PostAsync(string path, params (string Name, string Value)[] fields)
    {
        using var form = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        using var answer = await _browser.PostAsync(new Uri(path, UriKind.Relative), form);
        return answer.StatusCode;
    }
}
