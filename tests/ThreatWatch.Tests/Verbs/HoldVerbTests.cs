using Microsoft.Extensions.DependencyInjection;
using ThreatWatch.Cli.Verbs;
using ThreatWatch.Platform.Storage;
using ThreatWatch.Tests.Ingest;

namespace ThreatWatch.Tests.Verbs;

public sealed class HoldVerbTests : IAsyncDisposable
{
    private readonly TemporaryIntake _intake = new(SomeSource.Open);
    private readonly ServiceProvider _services;

    public HoldVerbTests() => _services = new ServiceCollection()
        .AddSingleton(_intake.Settings).AddSingleton<TimeProvider>(_intake.Time).AddSingleton(_intake.Database)
        .AddSingleton<PostStore>().AddSingleton<LegalHoldStore>().AddSingleton<RetentionStore>().BuildServiceProvider();

    [Fact]
    public async Task A_hold_has_a_scope_an_end_a_reason_and_a_name()
    {
        var (code, output, _) = await AddAsync(("town-news", "cedar", null), "90d", "matter 17");
        var hold = Assert.Single(await _services.GetRequiredService<LegalHoldStore>().ListAsync(CancellationToken.None));
        Assert.Equal((0, "town-news", "cedar", _intake.Time.GetUtcNow().AddDays(90)), (code, hold.SourceId, hold.SchoolId, hold.UntilAt!.Value));
        Assert.Equal($"{hold.Id}  posts of town-news about cedar, until 2027-01-31 08:00:00, by counsel since 2026-11-02 08:00:00: matter 17", output);
    }

    [Fact]
    public async Task Without_an_end_it_lasts_until_it_is_ended_and_a_source_with_posts_may_be_gone_from_the_configuration()
    {
        await _intake.Store(SomeSource.Open with { Id = "gone" }, SomeSource.Post("Cutler High on fire"));
        Assert.Contains("posts of gone, until it is ended", (await AddAsync(("gone", null, null), null, "matter 17")).Output, StringComparison.Ordinal);
        _intake.Time.Advance(TimeSpan.FromDays(4000));
        await using var list = new StringWriter();
        Assert.Equal(0, await HoldVerb.ListAsync(_services, false, list, CancellationToken.None));
        Assert.Contains("matter 17", list.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nowhere", null, null, "90d", "why", "--source")]
    [InlineData(null, "nowhere", null, "90d", "why", "--school")]
    [InlineData(null, null, "nothing", "90d", "why", "--post")]
    [InlineData(null, null, null, "2020-01-01T00:00", "why", "--until")]
    [InlineData(null, null, null, null, " ", "--reason")]
    public async Task What_makes_no_sense_is_refused_by_name(string? source, string? school, string? post, string? until, string reason, string named)
    {
        var (code, _, problems) = await AddAsync((source, school, post), until, reason);
        Assert.Equal(2, code);
        Assert.StartsWith(named, problems, StringComparison.Ordinal);
        Assert.Empty(await _services.GetRequiredService<LegalHoldStore>().ListAsync(CancellationToken.None));
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        _intake.Dispose();
    }

    private async Task<(int Code, string Output, string Problems)> AddAsync((string?, string?, string?) scope, string? until, string reason)
    {
        await using var output = new StringWriter();
        await using var problems = new StringWriter();
        var code = await HoldVerb.AddAsync(_services, scope, until, reason, "counsel", (output, problems), CancellationToken.None);
        return (code, output.ToString().Trim(), problems.ToString());
    }
}
