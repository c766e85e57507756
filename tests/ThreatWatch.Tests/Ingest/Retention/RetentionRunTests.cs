using ThreatWatch.Core;
using ThreatWatch.Ingest.Retention;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Tests.Ingest.Retention;

public sealed class RetentionRunTests : IDisposable
{
    private readonly TemporaryIntake _intake = new(
        SomeSource.Open with { Id = "short", RetentionDays = 10 }, SomeSource.Open with { Id = "long", RetentionDays = 100 });

    private readonly StringWriter _output = new();

    public void Dispose() => _intake.Dispose();

    private RetentionRun Run => new(_intake.Database, new RetentionStore(_intake.Database), _intake.Settings, _intake.Time);

    private Task Put(string source, string id) =>
        _intake.Store(SomeSource.Open with { Id = source }, SomeSource.Post($"Cutler High number {id}", id));

    private Task HoldAsync(LegalHold hold) => new LegalHoldStore(_intake.Database, _intake.Time).AddAsync(hold, CancellationToken.None);

    private async Task<string> WithText() =>
        string.Join(' ', (await _intake.All()).Where(post => post.Text is not null).Select(post => post.ExternalId).Order());

    [Fact]
    public async Task Texts_past_their_sources_days_are_deleted_and_a_certificate_says_so()
    {
        await Put("short", "s1");
        await Put("long", "l1");
        _intake.Time.Advance(TimeSpan.FromDays(11));
        await Put("short", "s2");

        Assert.Equal(0, await Run.RunVerbAsync(false, _output, CancellationToken.None));
        Assert.Equal("l1 s2", await WithText());
        Assert.Contains("short: 1 text(s) older than 10 day(s) deleted", _output.ToString(), StringComparison.Ordinal);
        var certificate = Assert.Single(await new RetentionStore(_intake.Database).CertificatesAsync(CancellationToken.None));
        var gone = (await _intake.All()).Single(post => post.Text is null);
        Assert.Equal(("short", 1, Ids.Hash(gone.Id)), (certificate.SourceId, certificate.Deleted, certificate.Digest));
        Assert.Null(gone.Url);
        Assert.Single(await new AuditLog(_intake.Database).AboutAsync("short", CancellationToken.None));
    }

    [Fact]
    public async Task A_dry_run_deletes_nothing()
    {
        await Put("short", "s1");
        _intake.Time.Advance(TimeSpan.FromDays(11));
        await Run.RunVerbAsync(true, _output, CancellationToken.None);
        Assert.Equal("s1", await WithText());
        Assert.Contains("would be deleted", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Posts_in_an_alert_and_on_legal_hold_stay()
    {
        await Put("short", "s1");
        await Put("short", "s2");
        await Put("short", "s3");
        var posts = await _intake.All();
        await _intake.Database.ExecuteAsync(
            "insert into alert_posts (alert_id, post_id, level, joined_at) values ('A', @post, 'High', 0)", CancellationToken.None, ("@post", posts[0].Id));
        await HoldAsync(new LegalHold("h1", null, null, posts[1].Id, "case 7", "desk", _intake.Time.GetUtcNow(), null));
        _intake.Time.Advance(TimeSpan.FromDays(11));
        await Run.RunVerbAsync(false, _output, CancellationToken.None);
        Assert.Equal("s1 s2", await WithText());
        Assert.Contains("1 text(s) past their days are kept by a legal hold", _output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null, "s1 l1")]
    [InlineData("short", null, "s1")]
    [InlineData(null, "cutler", "s1 l1")]
    [InlineData("long", "cutler", "l1")]
    [InlineData(null, "cedar", "")]
    public async Task A_hold_keeps_what_is_in_its_scope_until_it_ends(string? source, string? school, string kept)
    {
        await HoldAsync(new LegalHold("h1", source, school, null, "case 7", "desk", _intake.Time.GetUtcNow(), _intake.Time.GetUtcNow().AddDays(200)));
        await Put("short", "s1");
        await Put("long", "l1");
        _intake.Time.Advance(TimeSpan.FromDays(101));
        await Run.RunVerbAsync(false, _output, CancellationToken.None);
        Assert.Equal(string.Join(' ', kept.Split(' ').Order()), await WithText());

        _intake.Time.Advance(TimeSpan.FromDays(100));
        await Run.RunVerbAsync(false, _output, CancellationToken.None);
        Assert.Equal("", await WithText());
    }

    [Fact]
    public async Task A_hold_that_is_ended_keeps_nothing_any_more_and_both_are_in_the_audit()
    {
        var holds = new LegalHoldStore(_intake.Database, _intake.Time);
        await HoldAsync(new LegalHold("h1", "short", null, null, "case 7", "desk", _intake.Time.GetUtcNow(), null));
        await Put("short", "s1");
        _intake.Time.Advance(TimeSpan.FromDays(11));
        Assert.True(await holds.EndAsync("h1", "counsel", CancellationToken.None));
        Assert.False(await holds.EndAsync("h1", "counsel", CancellationToken.None));
        await Run.RunVerbAsync(false, _output, CancellationToken.None);
        Assert.Equal("", await WithText());
        var audit = await new AuditLog(_intake.Database).AboutAsync("h1", CancellationToken.None);
        Assert.Equal([("desk", "hold.placed"), ("counsel", "hold.ended")], audit.Select(row => (row.Actor, row.Action)));
        Assert.Equal("posts of short, until it is ended: case 7", audit[0].Detail);
    }

    [Fact]
    public async Task Posts_of_a_source_that_is_no_longer_configured_go_after_the_default()
    {
        await Put("gone", "g1");
        _intake.Time.Advance(TimeSpan.FromDays(31));
        await Run.RunVerbAsync(false, _output, CancellationToken.None);
        Assert.Equal("", await WithText());
    }

    [Fact]
    public async Task The_words_of_a_text_that_is_gone_are_gone_from_the_reasons_too()
    {
        await Put("short", "s1");
        var post = Assert.Single(await _intake.All());
        var assessment = new Assessment(
            post.Id, RiskLevel.Low, Category.Threat, 0.4, 0.1, [new Reason(ReasonKind.Word, "Cutler", 0, 6, 1), new Reason(ReasonKind.Score, "above 0.3", -1, 0, 1)], "m", "r", "en", _intake.Time.GetUtcNow());
        await using (var work = await _intake.Database.BeginAsync(CancellationToken.None))
        {
            await AssessmentStore.AddAsync(work, [assessment], CancellationToken.None);
            await work.CommitAsync(CancellationToken.None);
        }

        _intake.Time.Advance(TimeSpan.FromDays(11));
        await Run.RunVerbAsync(false, _output, CancellationToken.None);
        var reasons = (await new AssessmentStore(_intake.Database).FindAsync(post.Id, CancellationToken.None))!.Reasons;
        Assert.Equal(["", "above 0.3"], reasons.Select(reason => reason.Text));
    }
}
