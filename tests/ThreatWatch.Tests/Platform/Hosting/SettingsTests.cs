using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Tests.Platform.Hosting;

public sealed class SettingsTests
{
    private static readonly IReadOnlyList<SettingsSection> Sections =
    [
        SettingsSection.Of("garden", new Garden(), (garden, _, problems) =>
        {
            if (garden.Beds < 1)
                problems.Add("beds", "must be at least 1");
        }),
        SettingsSection.Of<IReadOnlyList<Plant>>("plants", [], (_, _, _) => { }),
    ];

    [Fact]
    public void Comments_trailing_commas_and_a_schema_are_allowed()
    {
        var garden = Parse("""{ "$schema": "x.json", /* two */ "garden": { "beds": 2, "watering": "5m", }, }""").Get<Garden>();
        Assert.Equal(2, garden.Beds);
        Assert.Equal(TimeSpan.FromMinutes(5), garden.Watering);
    }

    [Fact]
    public void A_missing_section_has_its_defaults() => Assert.Equal(4, Parse("{}").Get<Garden>().Beds);

    [Fact]
    public void A_misspelt_key_is_named_with_its_path_and_the_nearest_known_one()
    {
        var problem = Assert.Single(Problems("""{ "garden": { "wattering": "5m" } }"""));
        Assert.Equal("garden.wattering", problem.Path);
        Assert.Contains("did you mean \"watering\"?", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_problem_is_listed_at_once()
    {
        var paths = Problems("""{ "garden": { "beds": "two", "watering": 5, "soil": "mud" }, "plants": [ { "name": "fig" }, { "nam": "x", "planted": "soon" } ], "gardn": {} }""")
            .Select(problem => problem.Path);
        Assert.Equal(["garden.beds", "garden.watering", "garden.soil", "plants[1].nam", "plants[1].planted", "gardn"], paths);
    }

    [Theory]
    [InlineData("\"clay\"", Soil.Clay)]
    [InlineData("\"Sand\"", Soil.Sand)]
    public void A_choice_is_read_in_any_case(string json, Soil soil) => Assert.Equal(soil, Parse($$"""{ "garden": { "soil": {{json}} } }""").Get<Garden>().Soil);

    [Fact]
    public void A_number_is_no_choice() => Assert.Contains("\"clay\", \"sand\"", Assert.Single(Problems("""{ "garden": { "soil": 1 } }""")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_key_that_stands_twice_is_a_problem() => Assert.Contains("twice", Assert.Single(Problems("""{ "garden": { "beds": 2, "beds": 3 } }""")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_text_that_is_not_json_is_named_by_line_and_column() => Assert.StartsWith("line 2, column", Assert.Single(Problems("{\n \"garden\": oops }")).Path, StringComparison.Ordinal);

    [Fact]
    public void Null_is_refused_where_a_value_is_needed() => Assert.Equal("garden.beds", Assert.Single(Problems("""{ "garden": { "beds": null } }""")).Path);

    [Fact]
    public void A_secret_comes_from_a_file_without_its_line_break_and_never_prints()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, "tulips\n");
        var secret = Parse($$"""{ "garden": { "gate": { "file": {{System.Text.Json.JsonSerializer.Serialize(file)}} } } }""").Get<Garden>().Gate;
        File.Delete(file);
        Assert.Equal("tulips", secret.Reveal());
        Assert.Equal("(secret)", $"{secret}");
        Assert.DoesNotContain("tulips", new Garden { Gate = secret }.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_from_a_variable_that_is_not_set_is_a_problem() =>
        Assert.Contains("NO_SUCH_VARIABLE_9 is not set", Assert.Single(Problems("""{ "garden": { "gate": { "env": "NO_SUCH_VARIABLE_9" } } }""")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_validator_sees_what_the_binder_read() => Assert.Equal("garden.beds: must be at least 1", Assert.Single(Problems("""{ "garden": { "beds": 0 } }""")).ToString());

    [Theory]
    [InlineData("30s", 30)]
    [InlineData("1.5h", 5400)]
    [InlineData("7d", 604800)]
    public void Durations_are_written_as_people_do(string text, int seconds)
    {
        Assert.True(Durations.TryParse(text, out var span));
        Assert.Equal(seconds, span.TotalSeconds);
    }

    [Theory]
    [InlineData("5")]
    [InlineData("m")]
    [InlineData("-5m")]
    [InlineData("5 min")]
    [InlineData("99999999999999999d")]
    public void Other_durations_are_refused(string text) => Assert.False(Durations.TryParse(text, out _));

    private static SettingsSnapshot Parse(string json)
    {
        var (snapshot, problems) = SettingsSnapshot.Parse("garden.json", json, Sections);
        Assert.Empty(problems);
        return snapshot!;
    }

    private static IReadOnlyList<Problem> Problems(string json)
    {
        var (snapshot, problems) = SettingsSnapshot.Parse("garden.json", json, Sections);
        Assert.Null(snapshot);
        return problems;
    }

    public enum Soil
    {
        Clay,
        Sand,
    }

    public sealed record Garden
    {
        public int Beds { get; init; } = 4;

        public TimeSpan Watering { get; init; } = TimeSpan.FromHours(1);

        public Soil Soil { get; init; }

        public Secret Gate { get; init; } = Secret.None;
    }

    public sealed record Plant
    {
        public string Name { get; init; } = "";

        public DateOnly? Planted { get; init; }
    }
}
