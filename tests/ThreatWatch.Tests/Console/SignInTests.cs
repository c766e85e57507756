using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ThreatWatch.Cli.Verbs;
using ThreatWatch.Console;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Tests.Console;

public sealed class SignInTests : IAsyncLifetime
{
    private readonly SocketsHttpHandler _handler = new() { UseProxy = false };
    private WebApplication _app = null!;
    private Uri _address = null!;

    public async ValueTask InitializeAsync()
    {
        var options = new ConsoleOptions { Users = [new ConsoleUser { Id = "desk", Password = new Secret("a long enough password") }] };
        var settings = new Settings(SettingsSnapshot.Of("/tmp/none.json", ConfigFile.Sections, options), ConfigFile.Sections);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        var pages = _app.MapGroup("").AddEndpointFilter(new SignIn(settings));
        pages.MapGet("/", (HttpContext http) => http.User.Identity!.Name);
        pages.MapPost("/", () => "done");
        await _app.StartAsync();
        _address = new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _handler.Dispose();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("desk:wrong password here")]
    [InlineData("other:a long enough password")]
    [InlineData("desk")]
    public async Task Nobody_comes_in_without_the_right_name_and_password(string? pair)
    {
        using var answer = await SendAsync(HttpMethod.Get, pair);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Contains("Basic", answer.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_signs_in_is_known_by_name()
    {
        using var answer = await SendAsync(HttpMethod.Get, "desk:a long enough password");
        Assert.Equal("desk", await answer.Content.ReadAsStringAsync());
        Assert.Contains("default-src 'none'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "same-origin", HttpStatusCode.OK)]
    [InlineData("Origin", "https://evil.example", HttpStatusCode.Forbidden)]
    public async Task A_form_of_another_site_is_refused(string header, string value, HttpStatusCode expected)
    {
        using var answer = await SendAsync(HttpMethod.Post, "desk:a long enough password", (header, value));
        Assert.Equal(expected, answer.StatusCode);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string? pair, params (string Name, string Value)[] headers)
    {
        using var invoker = new HttpMessageInvoker(_handler, disposeHandler: false);
        using var request = new HttpRequestMessage(method, _address);
        if (pair is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(pair)));
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await invoker.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
