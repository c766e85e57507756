using System.Text.Json;
using ThreatWatch.Classifier.Verbs;

namespace ThreatWatch.Tests.Classifier.Verbs;

/// <summary>The contract of `threatwatch score`.</summary>
public sealed class ScoreVerbTests : IDisposable
{
    private readonly ClassifierRig _rig = new();

    [Fact]
    public async Task Each_line_gets_its_judgement()
    {
        var line = JsonDocument.Parse(Assert.Single(await ScoreAsync("""{"id":"a1","text":"real danger here"}"""))).RootElement;

        Assert.Equal("a1", line.GetProperty("id").GetString());
        Assert.Equal("high", line.GetProperty("level").GetString());
        Assert.Equal("threat", line.GetProperty("category").GetString());
        Assert.InRange(line.GetProperty("scores").GetProperty("threat").GetDouble(), 0, 1);
        Assert.InRange(line.GetProperty("scores").GetProperty("selfHarm").GetDouble(), 0, 1);
        Assert.Equal("none", line.GetProperty("modelVersion").GetString());
        Assert.Equal(_rig.Assessor.Get().Live.RulesVersion, line.GetProperty("rulesVersion").GetString());
        var rule = line.GetProperty("reasons").EnumerateArray().Single(reason => reason.GetProperty("kind").GetString() == "rule");
        Assert.Equal((5, 6), (rule.GetProperty("start").GetInt32(), rule.GetProperty("length").GetInt32()));
    }

    [Theory]
    [InlineData("nonsense", "not JSON")]
    [InlineData("[1]", "object")]
    [InlineData("""{"text":"x"}""", "id")]
    [InlineData("""{"id":"1"}""", "text")]
    [InlineData("""{"id":"1","text":null}""", "text")]
    [InlineData("""{"id":"1","text":"\ud800"}""", "surrogate")]
    public async Task A_bad_line_gives_its_error_and_the_rest_go_on(string bad, string why)
    {
        var lines = await ScoreAsync("""{"id":"1","text":"fine"}""" + "\n\n" + bad + "\n" + """{"id":2,"text":"danger"}""" + "\r\n");

        Assert.Equal(3, lines.Count);
        var error = JsonDocument.Parse(lines[1]).RootElement;
        Assert.Equal(3, error.GetProperty("line").GetInt32());
        Assert.Contains(why, error.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal(2, JsonDocument.Parse(lines[2]).RootElement.GetProperty("id").GetInt32());
    }

    [Fact]
    public async Task Ten_thousand_lines_come_out_in_the_order_they_went_in()
    {
        var lines = await ScoreAsync(string.Concat(Enumerable.Range(0, 10_000).Select(i => $$"""{"id":{{i}},"text":"post number {{i}}"}""" + "\n")));

        Assert.Equal(Enumerable.Range(0, 10_000), lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("id").GetInt32()));
    }

    [Fact]
    public async Task A_line_without_end_is_a_bad_line_and_not_a_full_memory()
    {
        var lines = await ScoreAsync("{\"id\":1,\"text\":\"" + new string('x', 3_000_000) + "\"}\n" + """{"id":2,"text":"danger"}""");

        Assert.Equal(2, lines.Count);
        Assert.Contains("longer", lines[0], StringComparison.Ordinal);
        Assert.Contains("\"high\"", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_in_is_nothing_out() => Assert.Empty(await ScoreAsync(""));

    public void Dispose() => _rig.Dispose();

    private async Task<IReadOnlyList<string>> ScoreAsync(string input)
    {
        using var output = new StringWriter();
        var code = await ScoreVerb.RunAsync(new StringReader(input), output, TextWriter.Null, _rig.Assessor.Get().Live, _rig.Time, default);
        Assert.Equal(0, code);
        return output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
