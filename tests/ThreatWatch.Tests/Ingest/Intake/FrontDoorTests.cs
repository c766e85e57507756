using ThreatWatch.Core;
using ThreatWatch.Ingest.Sources;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Tests.Ingest.Intake;

public sealed class FrontDoorTests : IDisposable
{
    private readonly TemporaryIntake _intake = new();

    public void Dispose() => _intake.Dispose();

    [Fact]
    public async Task A_post_that_names_a_school_is_stored_with_the_reason_and_told_to_the_classifier()
    {
        var result = await _intake.Store(SomeSource.Open, SomeSource.Post("fight at Cedar Ridge High", author: "someone"));

        Assert.Equal(1, result.New);
        var post = Assert.Single(await _intake.All());
        Assert.Equal(("fight at Cedar Ridge High", "someone", 1, "town-news"), (post.Text, post.Author, post.Revision, post.SourceId));
        Assert.Equal(new SchoolMatch("cedar", "names \"Cedar Ridge High\""), Assert.Single(post.Schools));
        Assert.Equal([post.Id], Json.Read<PostIngested>(Assert.Single(await _intake.Messages())).PostIds);
    }

    [Fact]
    public async Task What_is_out_of_scope_is_counted_and_never_stored()
    {
        var result = await _intake.Store(SomeSource.Open, SomeSource.Post("a day at the beach"), SomeSource.Post("Cutler High won", "2"));

        Assert.Equal((1, 1), (result.New, result.OutOfScope));
        Assert.Single(await _intake.All());
        Assert.Equal(1, await _intake.Counter("out-of-scope"));
    }

    [Fact]
    public async Task A_repeated_post_is_no_news()
    {
        await _intake.Store(SomeSource.Open, SomeSource.Post("fight at Cutler High"));
        var result = await _intake.Store(SomeSource.Open, SomeSource.Post("fight at Cutler High"));

        Assert.Equal((0, 1), (result.New, result.Repeated));
        Assert.Single(await _intake.All());
        Assert.Single(await _intake.Messages());
    }

    [Fact]
    public async Task An_edit_is_a_new_revision_of_the_same_family()
    {
        await _intake.Store(SomeSource.Open, SomeSource.Post("fight at Cutler High"));
        _intake.Time.Advance(TimeSpan.FromMinutes(5));
        var result = await _intake.Store(SomeSource.Open, SomeSource.Post("I will bring a gun to Cutler High"));

        Assert.Equal((0, 1), (result.New, result.Edited));
        var posts = await _intake.All();
        Assert.Equal([1, 2], posts.Select(post => post.Revision));
        Assert.Equal(posts[0].Family, posts[1].Family);
        Assert.Equal(2, (await _intake.Messages()).Count);
    }

    [Fact]
    public async Task An_edit_that_takes_the_schools_name_out_stays_in_scope()
    {
        await _intake.Store(SomeSource.Open, SomeSource.Post("fight at Cutler High"));
        await _intake.Store(SomeSource.Open, SomeSource.Post("see you all there"));

        var posts = await _intake.All();
        Assert.Equal(2, posts.Count);
        Assert.All(posts, post => Assert.Equal("cutler", Assert.Single(post.Schools).SchoolId));
    }

    [Fact]
    public async Task A_post_and_its_edit_in_one_batch_are_two_revisions()
    {
        await _intake.Store(SomeSource.Open, SomeSource.Post("fight at Cutler High"), SomeSource.Post("no fight at Cutler High"), SomeSource.Post("no fight at Cutler High"));
        Assert.Equal([1, 2], (await _intake.All()).Select(post => post.Revision));
    }

    [Fact]
    public async Task The_same_id_of_two_sources_is_two_posts_and_the_same_words_are_one_family()
    {
        await _intake.Store(SomeSource.Open, SomeSource.Post("do not come to Cutler High on friday, i mean it"));
        await _intake.Store(SomeSource.BoundTo("cutler"), SomeSource.Post("FWD: do not come to cutler high on friday, i mean it"));

        var posts = await _intake.All();
        Assert.Equal(2, posts.Count);
        Assert.Single(posts.Select(post => post.Family).Distinct());
    }

    [Fact]
    public async Task Families_outlive_a_restart()
    {
        await _intake.Store(SomeSource.Open, SomeSource.Post("do not come to Cutler High on friday, i mean it"));
        using var door = _intake.NewDoor();
        await door.StoreAsync(SomeSource.Open, SomeSource.Batch(SomeSource.Post("RT do not come to Cutler High on friday, i mean it!", "2")), CancellationToken.None);
        Assert.Single((await _intake.All()).Select(post => post.Family).Distinct());
    }

    [Fact]
    public async Task A_deleted_post_loses_its_text_in_every_revision_and_the_audit_says_so()
    {
        await _intake.Store(SomeSource.Open, SomeSource.Post("fight at Cutler High", author: "someone", title: "Fight"));
        await _intake.Store(SomeSource.Open, SomeSource.Post("big fight at Cutler High", author: "someone", title: "Fight"));
        var result = await _intake.Store(SomeSource.Open, new DeletedItem("1"), new DeletedItem("never seen"));

        Assert.Equal(2, result.Retracted);
        var posts = await _intake.All();
        Assert.All(posts, post =>
        {
            Assert.Equal((null, null, null), (post.Text, post.Title, post.Author));
            Assert.Equal(_intake.Time.GetUtcNow(), post.RetractedAt);
        });
        var audit = new AuditLog(_intake.Database);
        Assert.Equal("post.retracted", Assert.Single(await audit.AboutAsync(posts[0].Id, CancellationToken.None)).Action);
        Assert.Null((await audit.VerifyAsync(CancellationToken.None)).Broken);
    }

    [Fact]
    public async Task A_retracted_post_that_is_seen_again_stays_retracted()
    {
        await _intake.Store(SomeSource.Open, SomeSource.Post("fight at Cutler High"));
        await _intake.Store(SomeSource.Open, new DeletedItem("1"));
        await _intake.Store(SomeSource.Open, SomeSource.Post("fight at Cutler High"));
        Assert.Null(Assert.Single(await _intake.All()).Text);
    }

    [Fact]
    public async Task What_came_and_went_within_a_batch_is_never_stored()
    {
        await _intake.Store(
            SomeSource.Open,
            SomeSource.Post("fight at Cutler High", "1"), SomeSource.Post("fight at Cutler High!", "2", author: "gone"), new DeletedItem("1"), new AuthorGone("gone"));
        Assert.Empty(await _intake.All());
        Assert.Empty(await _intake.Messages());
    }

    [Fact]
    public async Task An_account_that_is_gone_takes_its_posts_of_this_source_along()
    {
        await _intake.Store(SomeSource.Open, SomeSource.Post("fight at Cutler High", "1", "gone"), SomeSource.Post("fight at Cutler High", "2", "stays"));
        await _intake.Store(SomeSource.BoundTo("cutler"), SomeSource.Post("hello", "3", "gone"));
        await _intake.Store(SomeSource.Open, new AuthorGone("gone"));

        Assert.Equal(["2", "3"], (await _intake.All()).Where(post => post.Text is not null).Select(post => post.ExternalId));
    }

    [Fact]
    public async Task The_cursor_is_saved_with_the_posts_and_stays_where_a_batch_names_none()
    {
        var cursors = new CursorStore(_intake.Database);
        await _intake.Door.StoreAsync(SomeSource.Open, new SourceBatch([SomeSource.Post("Cutler High")], "page 2"), CancellationToken.None);
        await _intake.Store(SomeSource.Open, SomeSource.Post("Cutler High", "2"));
        Assert.Equal("page 2", await cursors.FindAsync("town-news", CancellationToken.None));
    }

    [Fact]
    public async Task A_message_carries_at_most_a_hundred_ids()
    {
        await _intake.Store(SomeSource.Open, [.. Enumerable.Range(0, 250).Select(i => SomeSource.Post($"Cutler High number {i}", $"n{i}"))]);
        Assert.Equal([100, 100, 50], (await _intake.Messages()).Select(body => Json.Read<PostIngested>(body).PostIds.Count));
    }

    [Fact]
    public async Task Texts_are_stored_in_one_form_and_of_bounded_length()
    {
        await _intake.Store(
            SomeSource.BoundTo("cutler"),
            SomeSource.Post("e\u0301\r\nline\0two\u001b[31m \ud800", "1"),
            SomeSource.Post(new string('x', 50_000), "2"),
            SomeSource.Post("   ", "3"),
            SomeSource.Post("", "4", title: "only a title"));
        var posts = await _intake.All();
        Assert.Equal(["1", "2", "4"], posts.Select(post => post.ExternalId));
        Assert.Equal("é\nlinetwo[31m \ufffd", posts[0].Text);
        Assert.EndsWith("\n[cut here: 50000 characters in all]", posts[1].Text, StringComparison.Ordinal);
        Assert.Equal("only a title", posts[2].Text);
        Assert.Equal(1, await _intake.Counter("bad"));
    }

    [Fact]
    public async Task A_date_that_is_missing_or_far_ahead_becomes_the_instant_of_intake()
    {
        var now = _intake.Time.GetUtcNow();
        await _intake.Store(
            SomeSource.BoundTo("cutler"),
            new PostItem("1", "none"), new PostItem("2", "far ahead", PublishedAt: now.AddYears(10)), new PostItem("3", "fine", PublishedAt: now.AddDays(-1)));
        Assert.Equal([now, now, now.AddDays(-1)], (await _intake.All()).Select(post => post.PublishedAt));
    }
}
