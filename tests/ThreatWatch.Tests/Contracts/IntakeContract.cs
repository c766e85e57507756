using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using ThreatWatch.Core;
using ThreatWatch.Ingest;
using ThreatWatch.Ingest.Families;
using ThreatWatch.Ingest.Intake;
using ThreatWatch.Ingest.Polling;
using ThreatWatch.Ingest.Scoping;
using ThreatWatch.Ingest.Sources;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Queue;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Tests.Contracts;

/// <summary>What the intake and the sharing of sources must keep on both databases, with several processes at once.</summary>
public abstract class IntakeContract
{
    private const string Threat = "I am bringing a gun to Cedar Ridge on Friday, third floor bathroom, stay home if you like living";

    private static readonly SourceOptions Source = new() { Id = "town", Schools = ["cedar"], LegalBasis = "published", Permission = "terms", ReviewedOn = new DateOnly(2026, 9, 1) };
    private static readonly SettingsSection[] Sections = [.. PlatformRegistration.Sections, .. IngestRegistration.Sections];

    private readonly FakeTimeProvider _time = new(ScratchDatabase.Start);

    [Fact]
    public async Task A_batch_leaves_posts_cursor_message_and_counts_and_a_repeat_leaves_nothing_more()
    {
        await using var scratch = await OpenAsync();
        using var door = Door(scratch.Database);
        var batch = new SourceBatch([Post("1", "one"), Post("2", "two"), Post("3", "")], "after 2");
        var first = await door.StoreAsync(Source, batch, default);
        var again = await door.StoreAsync(Source, batch, default);

        Assert.Equal((2, 0, 0, 1), (first.New, first.Edited, first.Repeated, first.Bad));
        Assert.Equal((0, 0, 2), (again.New, again.Edited, again.Repeated));
        Assert.Equal("after 2", await new CursorStore(scratch.Database).FindAsync(Source.Id, default));
        Assert.Equal(1, await scratch.Database.CountAsync("select count(*) from queue", default));
        Assert.Contains(("town", "new", 2L), await new CounterStore(scratch.Database).SinceAsync(new DateOnly(2026, 1, 1), default));
    }

    [Fact]
    public async Task An_edit_is_a_revision_and_a_deletion_empties_all_of_them_with_a_row_in_the_audit()
    {
        await using var scratch = await OpenAsync();
        using var door = Door(scratch.Database);
        await StoreAsync(door, Post("1", "one"), Post("2", "two", "gone"), Post("3", "three", "gone"));
        await StoreAsync(door, Post("1", "one, edited"));
        var edited = await PostsAsync(scratch.Database);
        Assert.Equal([1, 2], edited.Where(post => post.ExternalId == "1").Select(post => post.Revision).Order());

        await StoreAsync(door, new DeletedItem("1"), new AuthorGone("gone"));
        Assert.All(await PostsAsync(scratch.Database), post => Assert.Equal((null, null), (post.Text, post.Author)));
        Assert.Equal(4, await scratch.Database.CountAsync("select count(*) from audit where action = 'post.retracted'", default));
        Assert.Null((await new AuditLog(scratch.Database).VerifyAsync(default)).Broken);
    }

    [Fact]
    public async Task Processes_that_store_at_the_same_instant_make_one_family_of_one_text()
    {
        const int Processes = 4;
        const int Texts = 25;
        await using var scratch = await OpenAsync();
        await Task.WhenAll(Enumerable.Range(0, Processes).Select(process => Task.Run(async () =>
        {
            using var door = Door(scratch.Another());
            for (var text = 0; text < Texts; text++)
                await StoreAsync(door, Post(string.Create(CultureInfo.InvariantCulture, $"{text}-{process}"), Retold(text, process)));
        })));

        var families = (await PostsAsync(scratch.Database)).GroupBy(post => post.ExternalId.Split('-')[0]).ToList();
        Assert.Equal(Texts, families.Count);
        Assert.All(families, family => Assert.Equal((Processes, 1), (family.Count(), family.Select(post => post.Family).Distinct().Count())));
        Assert.Equal(Texts, families.Select(family => family.First().Family).Distinct().Count());
    }

    [Fact]
    public async Task What_one_process_took_back_another_does_not_remember()
    {
        await using var scratch = await OpenAsync();
        using var one = Door(scratch.Database);
        using var other = Door(scratch.Another());
        await StoreAsync(one, Post("1", Threat));
        await StoreAsync(other, Post("2", "RT " + Threat));
        await StoreAsync(one, new DeletedItem("1"), new DeletedItem("2"));
        await StoreAsync(other, Post("3", Threat));
        var posts = await PostsAsync(scratch.Database);
        Assert.Equal(posts[0].Family, posts[1].Family);
        Assert.NotEqual(posts[0].Family, posts[2].Family);
    }

    [Fact]
    public async Task A_source_has_one_reader_until_he_gives_it_back_or_falls_silent()
    {
        await using var scratch = await OpenAsync();
        var states = new SourceStateStore(scratch.Database);
        Task<bool> Take(string holder) => states.LeaseAsync("town", holder, _time.GetUtcNow(), _time.GetUtcNow() + TimeSpan.FromMinutes(1), default);

        var first = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => Take($"p{i}"))));
        var holder = $"p{Array.IndexOf(first, true)}";
        Assert.Single(first, taken => taken);
        Assert.True(await Take(holder));
        Assert.False(await Take("another"));
        _time.Advance(TimeSpan.FromSeconds(61));
        Assert.True(await Take("another"));
        Assert.False(await Take(holder));
        await states.ReleaseAsync("another", default);
        Assert.True(await Take(holder));
    }

    [Fact]
    public async Task Two_processes_share_the_sources_where_the_database_is_shared()
    {
        await using var scratch = await OpenAsync();
        var (one, other) = (Lease(scratch.Database), Lease(scratch.Another()));
        var isShared = scratch.Database.Dialect.SkipLocked.Length > 0;
        Assert.True(await one.TakeAsync("town", TimeSpan.FromMinutes(1), default));
        Assert.Equal(!isShared, await other.TakeAsync("town", TimeSpan.FromMinutes(1), default));
        await one.ReleaseAllAsync(default);
        Assert.True(await other.TakeAsync("town", TimeSpan.FromMinutes(1), default));
    }

    [Fact]
    public async Task A_source_s_state_register_and_pulse_come_back()
    {
        await using var scratch = await OpenAsync();
        var (states, register, now) = (new SourceStateStore(scratch.Database), new SourceRegisterStore(scratch.Database), _time.GetUtcNow());
        var pulse = new SourcePulse(now.AddDays(-1), now, now.AddHours(-1), now.AddHours(-2), TimeSpan.FromHours(3), "[]");
        await states.SucceededAsync("town", now, _ => pulse, default);
        await states.FailedAsync("town", "HTTP 500", now.AddMinutes(1), default);
        SourcePulse? known = null;
        var failing = Assert.Single(await states.AllAsync(default));
        await states.SucceededAsync("town", now.AddMinutes(2), found => known = found, default);
        Assert.Equal(pulse, known);
        Assert.Equal((1, "HTTP 500"), (failing.Failures, failing.Why));
        Assert.Equal((null, TimeSpan.FromHours(3), now.AddHours(-1)), (Assert.Single(await states.AllAsync(default)).FailingSince, pulse.QuietAfter, pulse.LastNewAt));

        var row = new RegisteredSource("town", "Town", "Feed", "town.example", "published", "terms", new(2026, 9, 1), new(2027, 9, 1), 30);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => register.ReplaceAsync([row, row with { SourceId = "two", Name = "Two" }], default))));
        Assert.Equal([row, row with { SourceId = "two", Name = "Two" }], await register.AllAsync(default));
    }

    [Fact]
    public async Task Authors_who_opted_out_and_posts_that_are_gone_come_back()
    {
        await using var scratch = await OpenAsync();
        using var door = Door(scratch.Database);
        await StoreAsync(door, Post("1", "one", "shy"), Post("2", "two", "open"));
        var (checks, now) = (new AuthorCheckStore(scratch.Database), _time.GetUtcNow());
        Assert.Equal(["open", "shy"], (await checks.DueAsync("town", now.AddDays(-1), now, 10, default)).Order());
        await checks.RecordAsync("town", [("shy", true), ("open", false)], now, default);
        Assert.Empty(await checks.DueAsync("town", now.AddDays(-1), now, 10, default));
        Assert.Equal(["shy"], await checks.DueAsync("town", now.AddHours(1), now.AddSeconds(1), 10, default));
        await using (var work = await scratch.Database.BeginAsync(default))
            Assert.Equal(["shy"], await AuthorCheckStore.OptedOutAsync(work, "town", ["shy", "open", "else"], default));

        var links = new PostLinkStore(scratch.Database);
        Assert.Empty(await links.CandidatesAsync(now.AddDays(-1), now, 10, default));
        var link = new PostLink("p1", "a1", "town", "https://town.example/1", null, null, now, 2, now);
        Assert.True(await links.ClaimAsync(link, now, default));
        Assert.False(await links.ClaimAsync(link, now, default));
        await using (var work = await scratch.Database.BeginAsync(default))
        {
            await PostLinkStore.RecordAsync(work, link, default);
            await work.CommitAsync(default);
        }

        Assert.Equal(now, Assert.Single(await links.GoneAsync(["p1", "p2"], default)).Value);
    }

    [Fact]
    public async Task Retention_takes_what_is_due_and_leaves_what_a_hold_keeps()
    {
        await using var scratch = await OpenAsync();
        using var door = Door(scratch.Database);
        await StoreAsync(door, Post("1", "one"), Post("2", "two"));
        var (posts, now) = (await PostsAsync(scratch.Database), _time.GetUtcNow().AddDays(31));
        var holds = new LegalHoldStore(scratch.Database, _time);
        await holds.AddAsync(new LegalHold("h1", "town", "elsewhere", null, "matter 1", "counsel", now, null), default);
        await holds.AddAsync(new LegalHold("h2", "town", "cedar", posts[0].Id, "matter 2", "counsel", now, now.AddDays(1)), default);
        await using (var work = await scratch.Database.BeginAsync(default))
        {
            Assert.Equal([posts[1].Id], (await RetentionStore.DeleteAsync(work, "town", now, now, 10, default)).Select(row => row.Id));
            await work.CommitAsync(default);
        }

        Assert.Equal(1, await new RetentionStore(scratch.Database).CountHeldAsync("town", now, now, default));
        Assert.Equal(1, await new RetentionStore(scratch.Database).CountDueAsync("town", now, now.AddDays(2), default));
    }

    /// <summary>A database with the schema.</summary>
    protected abstract Task<Scratch> OpenEmptyAsync();

    private static PostItem Post(string id, string text, string? author = null) => new(id, text, Url: $"https://town.example/{id}", Author: author);

    // The same words with what reposts put around them; each number is another threat.
    private static string Retold(int text, int process)
    {
        var words = string.Create(CultureInfo.InvariantCulture, $"{text + 100} {Threat}");
        return process switch { 0 => words, 1 => $"FWD: {words}", 2 => words.ToUpperInvariant(), _ => $"RT @somebody: {words}!!!" };
    }

    private static Task StoreAsync(FrontDoor door, params SourceItem[] items) => door.StoreAsync(Source, new SourceBatch(items, null), default);

    private static async Task<IReadOnlyList<Post>> PostsAsync(Database database)
    {
        var ids = await database.QueryAsync("select id from posts", reader => reader.GetString(0), default);
        return [.. (await new PostStore(database).FindAsync(ids, default)).OrderBy(post => post.ExternalId, StringComparer.Ordinal)];
    }

    private async Task<Scratch> OpenAsync()
    {
        var scratch = await OpenEmptyAsync();
        scratch.Database.Dialect.Migrate();
        return scratch;
    }

    // As another process would have it: nothing in memory is shared.
    private FrontDoor Door(Database database)
    {
        var district = new District { Name = "Made up", Schools = [new School { Id = "cedar", Name = "Cedar Ridge High School" }] };
        var settings = new Settings(SettingsSnapshot.Of("/threatwatch.json", Sections, district, new[] { Source }), Sections);
        return new FrontDoor(
            database, new Outbox(_time), new ScopeOfDistrict(settings), new FamilyBook(new PostStore(database), new FamilyJournal(database), _time), _time, NullLogger<FrontDoor>.Instance);
    }

    private SourceLease Lease(Database database) => new(new SourceStateStore(database), database, _time);
}
