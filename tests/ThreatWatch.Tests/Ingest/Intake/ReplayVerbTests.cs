using System.Text.Json;
using ThreatWatch.Ingest.Intake;

namespace ThreatWatch.Tests.Ingest.Intake;

public sealed class ReplayVerbTests : IDisposable
{
    private readonly TemporaryIntake _intake = new(SomeSource.BoundTo("cedar") with { Id = "forum" });
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public void Dispose() => _intake.Dispose();

    private Task<int> Replay(string lines) =>
        ReplayVerb.RunAsync(_intake.Door, _intake.Settings, new StringReader(lines), _output, _error, CancellationToken.None);

    [Fact]
    public async Task Each_line_goes_in_as_its_source_brought_it()
    {
        var code = await Replay("""
            {"id":"1","text":"hello","source":"forum"}
            {"id":"2","text":"Cutler High is closed"}
            {"id":"3","text":"a day at the beach"}

            {"id":"4","text":"x","source":"nobody"}
            {broken
            """);
        Assert.Equal(0, code);
        Assert.Equal([("forum", "1"), ("replay", "2")], (await _intake.All()).Select(post => (post.SourceId, post.ExternalId)).Order());
        var totals = JsonDocument.Parse(_output.ToString()).RootElement;
        Assert.Equal((2, 1, 2), (totals.GetProperty("new").GetInt32(), totals.GetProperty("outOfScope").GetInt32(), totals.GetProperty("bad").GetInt32()));
        Assert.Contains("line 5: no source has the id \"nobody\"", _error.ToString(), StringComparison.Ordinal);
        Assert.Contains("line 6: not JSON", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replaying_again_adds_nothing()
    {
        const string Line = """{"id":"1","text":"hello","source":"forum"}""";
        await Replay(Line);
        await Replay(Line);
        Assert.Single(await _intake.All());
    }

    [Fact]
    public async Task A_file_without_one_good_line_is_an_error() => Assert.Equal(1, await Replay("{broken"));
}
