using ThreatWatch.Core;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Tests.Contracts;

/// <summary>What both databases must keep.</summary>
public abstract class StoreContract
{
    private static readonly DateTimeOffset Now = ScratchDatabase.Start;

    [Fact]
    public async Task A_post_comes_back_as_it_was_stored()
    {
        await using var scratch = await OpenAsync();
        var post = SomePost("p1") with { Title = "Zeugnis \U0001F393", Text = "quote ' and \" and \\ and \n line", Url = null, IsDrill = true };

        await CommitAsync(scratch, work => PostStore.AddAsync(work, [post], default));

        var found = Assert.Single(await new PostStore(scratch.Database).FindAsync([post.Id], default));
        Assert.Equal(post.Schools, found.Schools);
        Assert.Equal(post with { Schools = found.Schools }, found);
    }

    [Fact]
    public async Task Adding_many_passes_over_those_that_are_there_and_says_which_are_new()
    {
        await using var scratch = await OpenAsync();
        await CommitAsync(scratch, work => PostStore.AddAsync(work, [SomePost("p1"), SomePost("p2")], default));

        IReadOnlySet<string> added = new HashSet<string>();
        // p9 has an id of its own but is the same revision as p2.
        await CommitAsync(scratch, async work => added = await PostStore.AddAsync(work, [SomePost("p2") with { Id = "p9" }, SomePost("p3")], default));

        Assert.Equal(["p3"], added);
        Assert.Equal(3, await scratch.Database.CountAsync("select count(*) from posts", default));
    }

    [Fact]
    public async Task Two_writers_of_the_same_posts_store_each_once()
    {
        await using var scratch = await OpenAsync();
        var posts = Enumerable.Range(0, 300).Select(i => SomePost($"p{i}")).ToList();

        var added = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            await using var work = await scratch.Database.BeginAsync(default);
            var ids = await PostStore.AddAsync(work, posts, default);
            await work.CommitAsync(default);
            return ids;
        })));

        Assert.Equal(posts.Select(post => post.Id).Order(), added.SelectMany(ids => ids).Order());
    }

    [Fact]
    public async Task The_latest_revision_is_found_and_a_retraction_empties_all()
    {
        await using var scratch = await OpenAsync();
        await CommitAsync(scratch, work => PostStore.AddAsync(
            work, [SomePost("p1") with { ExternalId = "x" }, SomePost("p2") with { ExternalId = "x", Revision = 2 }, SomePost("p3")], default));

        await CommitAsync(scratch, async work =>
            Assert.Equal(2, (await PostStore.LatestAsync(work, "feed", ["x", "never seen"], default))["x"].Revision));
        await CommitAsync(scratch, async work =>
            Assert.Equal(["p1", "p2"], (await PostStore.RetractAsync(work, "feed", "x", Now, default)).Order()));

        var posts = await new PostStore(scratch.Database).FindAsync(["p1", "p2", "p3"], default);
        Assert.All(posts.Where(post => post.ExternalId == "x"), post => Assert.Equal((null, null, null, (DateTimeOffset?)Now), (post.Text, post.Title, post.Author, post.RetractedAt)));
        Assert.NotNull(posts.Single(post => post.Id == "p3").Text);
    }

    [Fact]
    public async Task Posts_that_nobody_assessed_are_found_by_the_sweep()
    {
        await using var scratch = await OpenAsync();
        await CommitAsync(scratch, work => PostStore.AddAsync(work, [SomePost("p1"), SomePost("p2")], default));
        await CommitAsync(scratch, work => AssessmentStore.AddAsync(work, [SomeAssessment("p1")], default));

        var store = new PostStore(scratch.Database);
        Assert.Equal(["p2"], await store.UnassessedAsync(Now.AddMinutes(1), 10, default));
        Assert.Empty(await store.UnassessedAsync(Now.AddMinutes(-1), 10, default));
    }

    [Fact]
    public async Task An_assessment_is_written_once_for_a_post_a_model_and_rules()
    {
        await using var scratch = await OpenAsync();
        var assessment = SomeAssessment("p1");
        await CommitAsync(scratch, async work => Assert.Equal(["p1"], await AssessmentStore.AddAsync(work, [assessment], default)));

        await CommitAsync(scratch, async work => Assert.Empty(await AssessmentStore.AddAsync(work, [assessment with { Level = RiskLevel.None }], default)));

        var found = await new AssessmentStore(scratch.Database).FindAsync("p1", default);
        Assert.Equal(assessment.Reasons, found!.Reasons);
        Assert.Equal(assessment with { Reasons = found.Reasons }, found);
    }

    [Fact]
    public async Task A_cursor_is_replaced_and_counters_add_up()
    {
        await using var scratch = await OpenAsync();
        foreach (var value in new[] { "etag-1", "etag-2" })
        {
            await CommitAsync(scratch, async work =>
            {
                await CursorStore.SaveAsync(work, "feed", value, Now, default);
                await CounterStore.AddAsync(work, "feed", "seen", 21, Now, default);
            });
        }

        Assert.Equal("etag-2", await new CursorStore(scratch.Database).FindAsync("feed", default));
        Assert.Null(await new CursorStore(scratch.Database).FindAsync("another", default));
        Assert.Equal([("feed", "seen", 42)], await new CounterStore(scratch.Database).SinceAsync(new DateOnly(2026, 8, 1), default));
    }

    [Fact]
    public async Task What_waits_for_the_commit_runs_after_it_and_never_after_a_roll_back()
    {
        await using var scratch = await OpenAsync();
        var ran = new List<string>();
        await using (var undone = await scratch.Database.BeginAsync(default))
        {
            await CursorStore.SaveAsync(undone, "feed", "undone", Now, default);
            undone.AfterCommit(() => Note("undone"));
        }

        await using (var done = await scratch.Database.BeginAsync(default))
        {
            done.AfterCommit(() => Note("done"));
            Assert.Empty(ran);
            await done.CommitAsync(default);
        }

        Assert.Equal(["done"], ran);
        Assert.Null(await new CursorStore(scratch.Database).FindAsync("feed", default));

        Task Note(string what)
        {
            ran.Add(what);
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task Many_writers_at_once_leave_one_unbroken_audit_chain()
    {
        await using var scratch = await OpenAsync();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < 10; i++)
                await CommitAsync(scratch, work => AuditLog.AddAsync(work, Now, $"writer {writer}", "viewed", $"alert {i}", "{}", default));
        })));

        Assert.Equal((80, null), await new AuditLog(scratch.Database).VerifyAsync(default));
    }

    [Fact]
    public async Task A_row_of_the_audit_that_was_changed_or_removed_later_shows()
    {
        await using var scratch = await OpenAsync();
        for (var i = 0; i < 4; i++)
            await CommitAsync(scratch, work => AuditLog.AddAsync(work, Now, "ortega", "acknowledged", $"alert {i}", "{}", default));
        var audit = new AuditLog(scratch.Database);

        await scratch.Database.ExecuteAsync("update audit set actor = 'nobody' where subject = 'alert 2'", default);
        Assert.Equal((4, 3L), await audit.VerifyAsync(default));
        await scratch.Database.ExecuteAsync("update audit set actor = 'ortega' where subject = 'alert 2'", default);
        await scratch.Database.ExecuteAsync("delete from audit where subject = 'alert 1'", default);
        Assert.Equal((3, 3L), await audit.VerifyAsync(default));
    }

    [Fact]
    public async Task Rows_of_the_audit_that_are_appended_together_keep_their_order()
    {
        await using var scratch = await OpenAsync();
        var subjects = Enumerable.Range(0, 300).Select(i => $"alert {i}").ToList();

        await CommitAsync(scratch, work => AuditLog.AddAsync(work, Now, "threatwatch", [.. subjects.Select(subject => ("opened", subject, "{}"))], default));

        Assert.Equal((300, null), await new AuditLog(scratch.Database).VerifyAsync(default));
        Assert.Equal(subjects, await scratch.Database.QueryAsync("select subject from audit order by seq", reader => reader.GetString(0), default));
    }

    [Fact]
    public async Task How_attempts_ended_is_recorded_for_many_at_once_and_only_where_the_row_is_still_ours()
    {
        await using var scratch = await OpenAsync();
        await CommitAsync(scratch, async work =>
        {
            await AlertStore.OpenAsync(work, [SomeAlert("a1")], default);
            await NotificationStore.AddAsync(work, [SomeMessage("n1", "a1", "ortega"), SomeMessage("n2", "a1", "reyes"), SomeMessage("n3", "a1", "kim")], default);
            await NotificationStore.ClaimAsync(work, Channel.Email, Now, Now.AddMinutes(-1), 2, default);
        });
        IReadOnlyList<bool> ours = [];

        await CommitAsync(scratch, async work => ours = await NotificationStore.RecordAsync(
            work,
            [
                new AttemptEnd("n2", 7, NotificationState.Sent, Now, null, "sent", "elsewhere", null),
                new AttemptEnd("n1", 1, NotificationState.Sent, Now, null, "sent", "<1@mail>", "250 taken"),
                new AttemptEnd("n2", 1, NotificationState.Pending, Now, Now.AddSeconds(5), "retry", null, "421 later"),
                new AttemptEnd("n3", 1, NotificationState.Sent, Now, null, "sent", "never taken up", null),
            ],
            default));

        Assert.Equal([false, true, true, false], ours);
        var rows = (await new NotificationStore(scratch.Database).OfAlertsAsync(["a1"], default)).ToDictionary(row => row.Id);
        Assert.Equal((NotificationState.Sent, Now, "<1@mail>", null), (rows["n1"].State, rows["n1"].SentAt, rows["n1"].ProviderId, rows["n1"].Error));
        Assert.Equal((NotificationState.Pending, Now.AddSeconds(5), null, "421 later"), (rows["n2"].State, rows["n2"].DueAt, rows["n2"].ProviderId, rows["n2"].Error));
        Assert.Equal((NotificationState.Pending, Now), (rows["n3"].State, rows["n3"].DueAt));
        Assert.Equal(["n1"], (await new NotificationStore(scratch.Database).AcceptedOfAlertsAsync(["a1"], default)).Select(row => row.Id));
        var attempts = await new NotificationStore(scratch.Database).AttemptsAsync("a1", default);
        Assert.Equal([("n1", "sent", "250 taken"), ("n2", "retry", "421 later")], attempts.Select(attempt => (attempt.NotificationId, attempt.Outcome, attempt.Detail)));
    }

    [Fact]
    public async Task An_alert_is_stored_as_it_was_opened_and_saved()
    {
        await using var scratch = await OpenAsync();
        var opened = SomeAlert("a1");
        var saved = opened with
        {
            Alert = opened.Alert with { Level = RiskLevel.Critical, PostCount = 4, AuthorCount = 3, SourceCount = 2, LastPostAt = Now.AddMinutes(1) },
            NotifiedAt = Now.AddMinutes(2), NotifiedPosts = 4, EvidenceRound = 1, NextStep = 2, NextRound = 1, NextStepAt = null,
        };
        await CommitAsync(scratch, async work => await AlertStore.OpenAsync(work, [opened, SomeAlert("a2")], default));
        Assert.Equal(opened, await ReadAsync());

        await CommitAsync(scratch, work => AlertStore.SaveAsync(work, [saved], default));

        Assert.Equal(saved, await ReadAsync());

        async Task<AlertProgress> ReadAsync()
        {
            await using var work = await scratch.Database.BeginAsync(default);
            return Assert.Single(await AlertStore.LockOpenAsync(work, [opened.Alert.Fingerprint], default));
        }
    }

    [Fact]
    public async Task Migrating_what_is_up_to_date_changes_nothing()
    {
        await using var scratch = await OpenAsync();
        await CommitAsync(scratch, work => CursorStore.SaveAsync(work, "feed", "kept", Now, default));

        scratch.Database.Dialect.Migrate();

        Assert.Equal("kept", await new CursorStore(scratch.Database).FindAsync("feed", default));
    }

    [Fact]
    public async Task Processes_that_start_at_once_all_find_the_schema()
    {
        await using var scratch = await OpenEmptyAsync();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => scratch.Another().Dialect.Migrate())));

        Assert.Equal(0, await scratch.Database.CountAsync("select count(*) from posts", default));
    }

    /// <summary>A database of its own with the schema.</summary>
    protected async Task<Scratch> OpenAsync()
    {
        var scratch = await OpenEmptyAsync();
        scratch.Database.Dialect.Migrate();
        return scratch;
    }

    /// <summary>A database of its own without anything.</summary>
    protected abstract Task<Scratch> OpenEmptyAsync();

    private static async Task CommitAsync(Scratch scratch, Func<UnitOfWork, Task> write)
    {
        await using var work = await scratch.Database.BeginAsync(default);
        await write(work);
        await work.CommitAsync(default);
    }

    private static Post SomePost(string id) => new(
        id, "feed", $"external-{id}", 1, "A title", "A text", "https://news.example/1", "@somebody", Now.AddHours(-1), Now,
        [new SchoolMatch("cedar-ridge-high", "names \"Cedar Ridge High\"")], Ids.Hash(id), "family");

    /// <summary>An open alert with counts and a cursor of its own.</summary>
    protected static AlertProgress SomeAlert(string id) => new(
        new Alert(
            id, $"school/Threat/{id}", "school", Category.Threat, RiskLevel.High, AlertState.Open, "p1", 2, 1, 1, false, Now, Now, null, null, null, null, null),
        Now, 2, 0, 1, 0, Now.AddMinutes(5));

    /// <summary>A message that is due.</summary>
    protected static Notification SomeMessage(string id, string alertId, string officerId, Channel channel = Channel.Email) => new(
        id, alertId, 0, 0, officerId, channel, NotificationReason.First, NotificationState.Pending, Now, Now, 0, null, null, null, null, null, null);

    private static Assessment SomeAssessment(string postId) => new(
        postId, RiskLevel.High, Category.Threat, 0.93, 0.01, [new Reason(ReasonKind.Word, "tomorrow", 3, 8, 1.25)], "model", "rules", "en", Now);
}
