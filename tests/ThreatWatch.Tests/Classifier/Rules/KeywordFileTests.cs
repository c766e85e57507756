using ThreatWatch.Classifier.Rules;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Tests.Classifier.Rules;

/// <summary>What a file of keywords may hold, and what is said when it holds something else.</summary>
public sealed class KeywordFileTests
{
    private static readonly District Cedar = new()
    {
        Name = "Maple Valley Unified",
        Schools = [new School { Id = "cedar", Name = "Abraham Lincoln High School", Handles = ["@lincolnlynx"], Places = ["Union Grove"] }],
    };

    [Fact]
    public void Every_problem_is_listed_with_its_place()
    {
        var problems = new Problems();

        var lists = KeywordFile.Parse(
            """
            { "lists": [
              { "name": "a", "language": "fr", "keywords": [ { "term": "" }, { "term": "a*" }, { "term": "gun", "weight": 99, "within": 0 }, { "term": "gun", "nearr": [] } ] },
              { "name": "a", "keywords": [ { "term": "gun" }, { "term": "Gun" }, { "term": "knife", "near": [""], "weight": -1, "atLeast": "high" } ] }
            ] }
            """,
            Cedar,
            problems);

        Assert.Null(lists);
        Assert.Equal(
            [
                "lists[0].keywords[0].term", "lists[0].keywords[1].term", "lists[0].keywords[2].weight", "lists[0].keywords[2].within", "lists[0].keywords[3].nearr",
                "lists[0].keywords[3].term", "lists[0].language", "lists[1].keywords[1].term", "lists[1].keywords[2].atLeast", "lists[1].keywords[2].near[0]", "lists[1].name",
            ],
            problems.All.Select(problem => problem.Path).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("@some_pupil", "handle")]
    [InlineData("pupil@mail.example", "handle")]
    [InlineData("call 555 123 4567", "telephone")]
    [InlineData("kill Jessica", "private person")]
    [InlineData("Zorvan Quillet", "private person")]
    [InlineData("get Coach Brindel", "private person")]
    [InlineData("black lives matter", "protected speech")]
    [InlineData("walkout", "protected speech")]
    [InlineData("muslims", "believe")]
    [InlineData("Musulmán", "believe")]
    [InlineData("gay", "who people are")]
    [InlineData("teachers union", "labour law")]
    [InlineData("on strike", "labour law")]
    public void Words_that_watch_people_are_refused_and_the_reason_said(string term, string why)
    {
        var problems = new Problems();

        KeywordFile.Parse($$"""{ "lists": [ { "name": "a", "keywords": [ { "term": "{{term}}" } ] } ] }""", Cedar, problems);

        var problem = Assert.Single(problems.All);
        Assert.Equal("lists[0].keywords[0].term", problem.Path);
        Assert.Contains(why, problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("shoot up Abraham Lincoln")]
    [InlineData("@lincolnlynx bomb")]
    [InlineData("bomb in union grove")]
    [InlineData("Pipe Bomb")]
    [InlineData("black trench coat")]
    [InlineData("will kill")]
    [InlineData("march 3rd shooting")]
    public void Violent_words_and_the_districts_own_names_are_fine(string term)
    {
        var problems = new Problems();

        Assert.NotNull(KeywordFile.Parse($$"""{ "lists": [ { "name": "a", "keywords": [ { "term": "{{term}}" } ] } ] }""", Cedar, problems));
        Assert.Empty(problems.All);
    }

    [Fact]
    public void The_linter_looks_at_conditions_too()
    {
        var problems = new Problems();

        KeywordFile.Parse("""{ "lists": [ { "name": "a", "keywords": [ { "term": "gun", "near": ["mosque"], "unlessNear": ["christians"] } ] } ] }""", Cedar, problems);

        Assert.Equal(["lists[0].keywords[0].near[0]", "lists[0].keywords[0].unlessNear[0]"], problems.All.Select(problem => problem.Path));
    }

    [Fact]
    public void The_shipped_keywords_are_without_a_problem()
    {
        var problems = new Problems();

        var lists = KeywordFile.Load(Path.Combine(Checkout.Root, "config", "keywords.json"), Cedar, problems);

        Assert.Empty(problems.All);
        Assert.Contains(lists!, list => list.Language == "es");
    }
}
