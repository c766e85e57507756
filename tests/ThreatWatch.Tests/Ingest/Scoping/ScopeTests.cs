using System.Globalization;
using ThreatWatch.Core;
using ThreatWatch.Ingest.Scoping;
using ThreatWatch.Ingest.Sources;

namespace ThreatWatch.Tests.Ingest.Scoping;

public sealed class ScopeTests
{
    private readonly Scope _scope = new(SomeSource.District);

    private string Schools(string text, SourceOptions? source = null, string? author = null, string? title = null) =>
        string.Join(' ', _scope.Match(SomeSource.Post(text, author: author, title: title), source ?? SomeSource.Open).Select(match => match.SchoolId).Order());

    [Theory]
    [InlineData("see you at Cedar Ridge High tomorrow", "cedar")]
    [InlineData("CEDAR   ridge\nhigh is on lockdown", "cedar")]
    [InlineData("cédar rïdge high", "cedar")]
    [InlineData("Ｃｅｄａｒ Ｒｉｄｇｅ Ｈｉｇｈ", "cedar")]
    [InlineData("𝐂𝐞𝐝𝐚𝐫 𝐑𝐢𝐝𝐠𝐞 𝐇𝐢𝐠𝐡", "cedar")]
    [InlineData("сedar ridge high with a look-alike first letter", "cedar")]
    [InlineData("Ce\u00addar Rid\u200bge High", "cedar")]
    [InlineData("Cedar Ridge High's gym", "cedar")]
    [InlineData("#CedarRidgeHigh stay safe", "cedar")]
    [InlineData("(Cedar-Ridge/High)", "cedar")]
    [InlineData("ecole sainte anne", "cedar-north")]
    [InlineData("ÉCOLE SAINTE ANNE", "cedar-north")]
    [InlineData("E\u0301cole Sainte-Anne", "cedar-north")]
    [InlineData("St Brigids and st. brigid’s", "cedar-north")]
    [InlineData("Cutler High v Cedar Ridge High", "cedar cutler")]
    public void A_name_is_found_however_it_is_written(string text, string schools) => Assert.Equal(schools, Schools(text));

    [Theory]
    [InlineData("see you tomorrow")]
    [InlineData("Cedar Ridgefield High")]
    [InlineData("incedar ridge")]
    [InlineData("cedar trees on the ridge")]
    [InlineData("cedarridgehs without a mark is a word of somebody's own")]
    [InlineData("")]
    public void What_is_not_the_name_as_whole_words_is_out_of_scope(string text) => Assert.Equal("", Schools(text));

    [Fact]
    public void A_name_inside_of_a_longer_one_does_not_count() => Assert.Equal("cedar-north", Schools("fight at Cedar Ridge High North"));

    [Theory]
    [InlineData("@cedarridgehs closed", "cedar")]
    [InlineData("go #cougarnation!", "cedar")]
    [InlineData("see https://social.example/cedarridgehs/123", "cedar")]
    public void Handles_and_hashtags_count_behind_their_mark(string text, string schools) => Assert.Equal(schools, Schools(text));

    [Fact]
    public void The_schools_own_account_is_in_scope_whatever_it_writes() => Assert.Equal("cedar", Schools("good morning", author: "cedarridgehs"));

    [Fact]
    public void A_title_counts_but_no_name_reaches_across_from_it_to_the_text()
    {
        Assert.Equal("cedar", Schools("more inside", title: "Cedar Ridge High"));
        Assert.Equal("", Schools("ridge high", title: "Cedar"));
    }

    [Theory]
    [InlineData("watch out at CHS tomorrow", District.DeskSchoolId)]
    [InlineData("watch out at C.H.S. tomorrow", District.DeskSchoolId)]
    [InlineData("CHS in Cutler Bay", "cutler")]
    [InlineData("CHS in Maple Valley", District.DeskSchoolId)]
    [InlineData("CHS, I mean Cutler High", "cutler")]
    [InlineData("NHS tomorrow", District.DeskSchoolId)]
    [InlineData("NHS plays Cutler High", "cedar-north cutler")]
    [InlineData("Cedar Ridge High North, stay away from CHS", "cedar-north district")]
    public void An_ambiguous_alias_is_resolved_by_place_and_neighbours_or_goes_to_the_desk(string text, string schools) =>
        Assert.Equal(schools, Schools(text));

    [Fact]
    public void An_ambiguous_alias_is_resolved_by_the_source()
    {
        Assert.Equal("cutler", Schools("watch out at CHS", SomeSource.BoundTo("cutler", "cedar-north")));
        Assert.Equal("cedar-north", Schools("watch out at NHS", SomeSource.BoundTo("*")));
        Assert.Equal("cedar-north district", Schools("watch out at CHS", SomeSource.BoundTo("cedar-north")));
    }

    [Theory]
    [InlineData("a comets fan in class said so", "cutler")]
    [InlineData("comets pass the earth twice a century", "")]
    [InlineData("the Cougars game in the gym", District.DeskSchoolId)]
    [InlineData("the Cougars game in the Cutler Bay stadium", "cutler")]
    public void A_mascot_counts_only_beside_a_word_of_school_life(string text, string schools) => Assert.Equal(schools, Schools(text));

    [Fact]
    public void Posts_of_a_bound_source_are_in_scope_without_a_name()
    {
        Assert.Equal("cedar", Schools("i hate this place", SomeSource.BoundTo("cedar")));
        Assert.Equal("cedar cutler", Schools("i hate this place", SomeSource.BoundTo("cedar", "cutler")));
        Assert.Equal("cedar", Schools("i hate Cedar Ridge", SomeSource.BoundTo("cedar", "cutler")));
        Assert.Equal("cedar cutler", Schools("i hate Cutler High", SomeSource.BoundTo("cedar")));
        Assert.Equal(District.DeskSchoolId, Schools("i hate this place", SomeSource.BoundTo("*")));
    }

    [Fact]
    public void Each_match_says_why()
    {
        var match = Assert.Single(_scope.Match(SomeSource.Post("lockdown at cedar ridge high"), SomeSource.Open));
        Assert.Equal("names \"Cedar Ridge High\"", match.Why);
    }

    [Fact]
    public void Thousands_of_schools_are_told_apart_in_one_pass()
    {
        var district = SomeSource.District with
        {
            Schools = [.. Enumerable.Range(0, 5000).Select(i => new School { Id = $"s{i}", Name = string.Create(CultureInfo.InvariantCulture, $"Number {i} School"), Aliases = [$"PS {i}"] })],
        };
        var scope = new Scope(district);
        Assert.Equal(
            ["s4321", "s17"],
            scope.Match(SomeSource.Post("fight at number 4321 school and ps 17, not ps 99999"), SomeSource.Open).Select(match => match.SchoolId));
    }

    [Fact]
    public void A_post_that_repeats_a_name_a_thousand_times_is_still_matched_quickly()
    {
        var text = string.Concat(Enumerable.Repeat("CHS Cougars class Cedar Ridge ", 600));
        for (var i = 0; i < 50; i++)
            Assert.Contains("cedar", Schools(text), StringComparison.Ordinal);
    }
}
