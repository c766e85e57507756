using System.Net;
using Microsoft.AspNetCore.WebUtilities;
using ThreatWatch.Ingest.Sources;
using ThreatWatch.Ingest.WebSub;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Tests.Wire;

namespace ThreatWatch.Tests.Ingest.WebSub;

public sealed class WebSubTests
{
    private const string News =
        "<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>e1</id><title>Pushed</title><content>words from the hub</content></entry></feed>";

    [Fact]
    public async Task A_hub_is_asked_once_with_callback_secret_and_lease()
    {
        await using var rig = await WebSubRig.StartAsync();

        await rig.RunWorkerAsync();
        await rig.RunWorkerAsync();

        var form = QueryHelpers.ParseQuery(Assert.Single(rig.Hub.Requests).Text);
        Assert.Equal("subscribe", form["hub.mode"]);
        Assert.Equal(WebSubRig.Topic, form["hub.topic"]);
        Assert.Equal("https://watch.district.example/websub/bound", form["hub.callback"]);
        Assert.Equal("432000", form["hub.lease_seconds"]);
        Assert.Equal((await rig.FindAsync())!.Secret, form["hub.secret"]);
        Assert.True(form["hub.secret"].ToString().Length is >= 32 and < 200);
    }

    [Fact]
    public async Task Only_a_question_that_is_pending_is_answered()
    {
        await using var rig = await WebSubRig.StartAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await rig.VerifyAsync()).Status);

        await rig.RunWorkerAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await rig.VerifyAsync(topic: "https://evil.example/feed")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await rig.VerifyAsync(source: "other")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await rig.VerifyAsync(mode: "unsubscribe")).Status);
        Assert.Equal((HttpStatusCode.OK, "echo <me>"), await rig.VerifyAsync());
        Assert.Equal(HttpStatusCode.NotFound, (await rig.VerifyAsync()).Status);
    }

    [Fact]
    public async Task A_question_that_comes_too_late_is_not_answered()
    {
        await using var rig = await WebSubRig.StartAsync();
        await rig.RunWorkerAsync();

        rig.Intake.Time.Advance(WebSubWorker.PendingFor + TimeSpan.FromMinutes(1));

        Assert.Equal(HttpStatusCode.NotFound, (await rig.VerifyAsync()).Status);
    }

    [Theory]
    [InlineData("sha1")]
    [InlineData("sha256")]
    [InlineData("sha384")]
    [InlineData("sha512")]
    public async Task Signed_news_are_stored_before_they_are_acknowledged(string method)
    {
        await using var rig = await WebSubRig.StartAsync();
        var subscription = await rig.SubscribeAsync();

        Assert.Equal(HttpStatusCode.Accepted, await rig.PushAsync(News, WebSubRig.Sign(News, subscription.Secret, method)));

        var post = Assert.Single(await rig.Intake.All());
        Assert.Equal(("e1", "words from the hub"), (post.ExternalId, post.Text));
    }

    [Fact]
    public async Task News_that_are_not_signed_as_agreed_get_the_same_answer_and_are_passed_over()
    {
        await using var rig = await WebSubRig.StartAsync();
        var subscription = await rig.SubscribeAsync();
        var good = WebSubRig.Sign(News, subscription.Secret);

        foreach (var signature in new[] { null, "", "sha256", "sha256=", "sha256=zz", good[..^2], good[..^1] + (good[^1] == '0' ? '1' : '0'), "md5=" + good[7..], "sha1=" + good[7..], WebSubRig.Sign(News + " ", subscription.Secret) })
            Assert.Equal(HttpStatusCode.Accepted, await rig.PushAsync(News, signature));

        Assert.Empty(await rig.Intake.All());
        Assert.Equal(HttpStatusCode.Gone, await rig.PushAsync(News, good, source: "other"));
    }

    [Fact]
    public async Task A_push_of_the_hub_that_deletes_takes_the_text_back()
    {
        await using var rig = await WebSubRig.StartAsync();
        var subscription = await rig.SubscribeAsync();
        await rig.PushAsync(News, WebSubRig.Sign(News, subscription.Secret));
        const string Gone = "<feed xmlns='http://www.w3.org/2005/Atom' xmlns:at='http://purl.org/atompub/tombstones/1.0'><at:deleted-entry ref='e1' when='2026-11-02T08:00:00Z'/></feed>";

        await rig.PushAsync(Gone, WebSubRig.Sign(Gone, subscription.Secret));

        Assert.All(await rig.Intake.All(), post => Assert.Null(post.Text));
    }

    [Fact]
    public async Task A_subscription_is_renewed_before_its_lease_ends()
    {
        await using var rig = await WebSubRig.StartAsync();
        var subscription = await rig.SubscribeAsync();
        await rig.RunWorkerAsync();
        Assert.True(rig.Offers.IsLive(rig.Source.Id));
        Assert.Single(rig.Hub.Requests);

        rig.Intake.Time.SetUtcNow(subscription.NextAt);
        await rig.RunWorkerAsync();

        Assert.True(subscription.NextAt < subscription.LeaseUntil);
        Assert.Equal(2, rig.Hub.Requests.Count);
        Assert.Equal(HttpStatusCode.OK, (await rig.VerifyAsync()).Status);
    }

    [Fact]
    public async Task A_hub_that_refuses_is_asked_again_with_growing_pauses()
    {
        await using var rig = await WebSubRig.StartAsync(_ => WireReply.Of(500));
        var asked = new List<double>();
        for (var hour = 0; hour < 24; hour++)
        {
            var before = rig.Hub.Requests.Count;
            await rig.RunWorkerAsync();
            if (rig.Hub.Requests.Count > before)
                asked.Add(hour);
            rig.Intake.Time.Advance(TimeSpan.FromHours(1));
        }

        Assert.Equal([0, 1, 3, 7, 15], asked);
    }

    [Fact]
    public async Task A_source_that_was_removed_loses_its_subscription_and_without_a_public_address_none_is_made()
    {
        await using var rig = await WebSubRig.StartAsync();
        await rig.SubscribeAsync();
        rig.Intake.Settings.Replace(SettingsSnapshot.Of(
            rig.Intake.Settings.Current.File, TemporaryIntake.Sections, SomeSource.District, Array.Empty<SourceOptions>(),
            new HttpOptions { PublicUrl = new Uri("https://watch.district.example/") }));
        await rig.RunWorkerAsync();
        Assert.Null(await rig.FindAsync());

        rig.Intake.Settings.Replace(SettingsSnapshot.Of(rig.Intake.Settings.Current.File, TemporaryIntake.Sections, SomeSource.District, new[] { rig.Source }));
        await rig.RunWorkerAsync();
        Assert.Null(await rig.FindAsync());
    }

    [Theory]
    [InlineData(432000, 388800)]
    [InlineData(7200, 3600)]
    [InlineData(600, 300)]
    public void Renewal_leaves_room_for_a_hub_that_is_down(int lease, int renewal) =>
        Assert.Equal(renewal, (WebSubWorker.RenewAt(TimeSpan.FromSeconds(lease), default) - default(DateTimeOffset)).TotalSeconds);
}
