using System.Diagnostics;
using ThreatWatch.Classifier.Rules;
using ThreatWatch.Core;

namespace ThreatWatch.Tests.Classifier.Rules;

/// <summary>Which keywords count in which posts.</summary>
public sealed class RulesetTests
{
    [Theory]
    [InlineData("shoot", "I will shoot", true)]
    [InlineData("shoot", "the shooting was fun", false)]
    [InlineData("shoot*", "the shooting was fun", true)]
    [InlineData("*bomb", "a pipebomb", true)]
    [InlineData("*bomb", "bombs away", false)]
    [InlineData("k*ller", "the killer", true)]
    [InlineData("*xplos*", "two explosives", true)]
    [InlineData("shoot up the school", "gonna SHOOT up, the school!", true)]
    [InlineData("shoot up the school", "shoot the school up", false)]
    [InlineData("shoot up the school", "i'll sh00t up the school", true)]
    [InlineData("kill", "i will k i l l them", true)]
    [InlineData("don't come", "dont come tmr", true)]
    [InlineData("dont come", "Don’t come tmr", true)]
    [InlineData("pipe bomb*", "two pipe bombs in there", true)]
    [InlineData("bomb* in the gym", "bombs in the gym", true)]
    [InlineData("no vayan mañana", "NO VAYAN MANANA", true)]
    [InlineData("cedar ridge", "see you at Cedar Ridge High School", true)]
    [InlineData("🔫", "see you tmr 🔫", true)]
    [InlineData("9mm", "dads 9mm", true)]
    public void A_term_is_read_as_posts_are_read(string term, string post, bool counts) =>
        Assert.Equal(counts ? 1 : 0, Rules(new Keyword { Term = term }).Match(post, "en").Count);

    [Theory]
    [InlineData("the gun is in the school", true)]
    [InlineData("school is over and the gun", true)]
    [InlineData("a gun and then far away from here a school", false)]
    [InlineData("a gun", false)]
    public void Near_asks_for_another_word_within_so_many_words(string post, bool counts) =>
        Assert.Equal(counts ? 1 : 0, Rules(new Keyword { Term = "gun", Near = ["school*", "class"], Within = 5 }).Match(post, "en").Count);

    [Fact]
    public void Unless_near_takes_the_keyword_back()
    {
        var rules = Rules(new Keyword { Term = "shoot", UnlessNear = ["photo", "film crew"], Within = 3 });

        Assert.Empty(rules.Match("a photo shoot", "en"));
        Assert.Empty(rules.Match("we shoot with the film crew", "en"));
        Assert.Single(rules.Match("photo of him. i will not be silent. i shoot", "en"));
    }

    [Fact]
    public void One_place_that_counts_is_enough_though_another_is_taken_back() =>
        Assert.Single(Rules(new Keyword { Term = "shoot", UnlessNear = ["photo"], Within = 2 }).Match("photo shoot then i go home and shoot", "en"));

    [Fact]
    public void Whole_word_off_finds_the_term_inside_longer_words() =>
        Assert.Single(Rules(new Keyword { Term = "bomb", WholeWord = false }).Match("firebombing", "en"));

    [Fact]
    public void A_keyword_counts_once_however_often_it_stands_there() =>
        Assert.Single(Rules(new Keyword { Term = "gun" }).Match("gun gun gun", "en"));

    [Fact]
    public void A_hit_bears_its_place_in_the_original_text()
    {
        const string post = "look: K i l l LIST, see";

        var hit = Assert.Single(Rules(new Keyword { Term = "kill list" }).Match(post, "en"));

        Assert.Equal("K i l l LIST", post.Substring(hit.Start, hit.Length));
    }

    [Theory]
    [InlineData("es", "es", true)]
    [InlineData("es", "en", false)]
    [InlineData("es", "other", true)]
    [InlineData("any", "en", true)]
    public void A_list_speaks_for_its_language_and_for_unknown_ones(string list, string post, bool counts) =>
        Assert.Equal(counts ? 1 : 0, Ruleset.Compile([new KeywordList { Language = list, Keywords = [new Keyword { Term = "bomba" }] }]).Match("una bomba", post).Count);

    [Fact]
    public void An_entry_without_a_weight_takes_its_lists()
    {
        var rules = Ruleset.Compile([new KeywordList { Weight = 2, Keywords = [new Keyword { Term = "gun" }, new Keyword { Term = "knife", Weight = -1 }] }]);

        Assert.Equal([2.0, -1.0], rules.Match("knife or gun", "en").Select(hit => hit.Weight));
    }

    [Fact]
    public void Ten_thousand_entries_cost_less_than_twice_a_hundred()
    {
        var random = new Random(7);
        var posts = Enumerable.Range(0, 300).Select(_ => string.Join(' ', Enumerable.Range(0, 20).Select(_ => Word(random)))).ToList();
        var few = Rules([.. Some(100)]);
        var many = Rules([.. Some(10_000)]);
        // Other tests run beside this one: the best of many short turns is what the machine can do.
        double best = double.MaxValue, bestFew = double.MaxValue;
        for (var turn = 0; turn < 40 && (turn < 8 || best >= 2 * bestFew); turn++)
        {
            bestFew = Math.Min(bestFew, Time(few, posts));
            best = Math.Min(best, Time(many, posts));
        }

        Assert.True(best < 2 * bestFew, $"{best:0.00} ms against {bestFew:0.00} ms");

        static IEnumerable<Keyword> Some(int count)
        {
            var random = new Random(1);
            return Enumerable.Range(0, count).Select(i => new Keyword
            {
                Term = (i % 4) switch { 0 => Word(random) + Word(random), 1 => $"{Word(random)} {Word(random)}", 2 => Word(random) + Word(random) + "*", _ => $"the {Word(random)} {Word(random)}" },
                UnlessNear = ["photo", "game"],
            });
        }

        static double Time(Ruleset rules, List<string> posts)
        {
            var start = Stopwatch.GetTimestamp();
            foreach (var post in posts)
                rules.Match(post, "en");
            return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
    }

    [Fact]
    public void A_hostile_post_costs_no_more_than_milliseconds()
    {
        var rules = Rules([.. Enumerable.Range(0, 200).Select(i => new Keyword { Term = "gun", Near = [$"school{i}", "knife"], UnlessNear = ["gun"], Within = 100 })]);
        var post = string.Concat(Enumerable.Repeat("gun knife ", 1200));
        // The best of ten: a busy machine slows single runs, quadratic work slows them all.
        var best = Enumerable.Range(0, 10).Min(_ => Time(rules, post));

        Assert.True(best < 100, $"{best} ms");

        static double Time(Ruleset rules, string post)
        {
            var start = Stopwatch.GetTimestamp();
            rules.Match(post, "en");
            return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
    }

    private static Ruleset Rules(params Keyword[] keywords) => Ruleset.Compile([new KeywordList { Name = "test", Category = Category.Threat, Keywords = keywords }]);

    private static string Word(Random random) => new([.. Enumerable.Range(0, random.Next(3, 8)).Select(_ => (char)('a' + random.Next(26)))]);
}
