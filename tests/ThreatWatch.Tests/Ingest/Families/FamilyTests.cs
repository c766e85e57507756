using System.Globalization;
using ThreatWatch.Ingest.Families;

namespace ThreatWatch.Tests.Ingest.Families;

public sealed class FamilyTests
{
    private const string Threat = "I am bringing a gun to Cedar Ridge on Friday, third floor bathroom, stay home if you like living";
    private readonly FamilyIndex _index = new(1000);
    private int _posts;

    private string Family(string text, string school = "cedar") =>
        _index.Assign(string.Create(CultureInfo.InvariantCulture, $"p{++_posts}"), text, [school]);

    [Theory]
    [InlineData("I am bringing a gun to Cedar Ridge on Friday, third floor bathroom, stay home if you like living")]
    [InlineData("i am bringing a GUN to cedar ridge on friday third floor bathroom stay home if you like living!!!")]
    [InlineData("FWD: I am bringing a gun to Cedar Ridge on Friday, third floor bathroom, stay home if you like living")]
    [InlineData("RT @somebody: I am bringing a gun to Cedar Ridge on Friday, third floor bathroom, stay home if you like living")]
    [InlineData("Forwarded message from @a.b@social.example: I am bringing a gun to Cedar Ridge on Friday, third floor bathroom, stay home if you like living")]
    [InlineData("I am bringing a gun to Cedar Ridge on Friday, thrid floor bathrom, stay home if you like living")]
    [InlineData("I'm bringing a gun to Cedar Ridge on Friday, third floor bathroom, so just stay home if you like living lol")]
    [InlineData("guys look what somebody posted, please share so everybody sees it: I am bringing a gun to Cedar Ridge on Friday, third floor bathroom, stay home if you like living https://pic.example/1")]
    [InlineData("I am bringing a gun to Cedar Ridge on Friday, third floor bathroom, stay home if you liiiike living")]
    [InlineData("Ｉ ａｍ ｂｒｉｎｇｉｎｇ ａ ｇｕｎ to Cedar Ridge on Friday, third floor bathroom, stay home if you like living")]
    [InlineData("reenviado: I am bringing a gun to Cedar Ridge on Friday, third floor bathroom, stay home if you like living")]
    public void The_same_post_told_again_is_one_family(string again)
    {
        var family = Family(Threat);
        Assert.Equal(family, Family(again));
    }

    [Theory]
    [InlineData("I am bringing a knife to Cedar Ridge on Friday, third floor bathroom, stay home if you like living")]
    [InlineData("I am bringing a gun to Cedar Ridge on Monday, third floor bathroom, stay home if you like living")]
    [InlineData("I am bringing a gun to Cedar Ridge on Friday, second floor bathroom, stay home if you like living")]
    [InlineData("I am bringing my lunch to Cedar Ridge on Friday")]
    [InlineData("somebody is bringing a bomb to Cedar Ridge on Tuesday, do not come")]
    [InlineData("if you like living in a big house with a third floor bathroom, stay home on Friday; Cedar Ridge houses are for sale")]
    public void Another_threat_with_shared_words_is_another_family(string other)
    {
        var family = Family(Threat);
        Assert.NotEqual(family, Family(other));
    }

    [Theory]
    [InlineData("i am going to kill Jordan after school today", "i am going to kill Tyler after school today")]
    [InlineData("I'm going to school tomorrow with my friends", "I'm going to school tomorrow with my friends and a rifle")]
    [InlineData("kill yourself", "kill yourselves")]
    [InlineData("shooting at 3pm in the gym be there", "shooting at 4pm in the gym be there")]
    [InlineData("there will be 2 shooters at the game tonight be ready", "there will be 12 shooters at the game tonight be ready")]
    public void One_word_can_make_it_another_threat(string one, string other) => Assert.NotEqual(Family(one), Family(other));

    [Fact]
    public void The_same_words_about_another_school_are_another_family() => Assert.NotEqual(Family(Threat), Family(Threat, "cutler"));

    [Fact]
    public void A_short_text_is_of_the_family_of_its_equals_only()
    {
        var family = Family("shoot it up");
        Assert.Equal(family, Family("SHOOT IT UP!!"));
        Assert.NotEqual(family, Family("shoot it down"));
    }

    [Fact]
    public void A_short_threat_is_found_inside_of_a_long_caption()
    {
        var family = Family("im gonna blow up the cedar ridge cafeteria at lunch");
        Assert.Equal(family, Family(
            "My daughter just showed me this, it is going around in her class chat and nobody does anything about it, quote im gonna blow up the "
            + "cedar ridge cafeteria at lunch unquote, can somebody from the school please say whether this is real"));
    }

    [Fact]
    public void What_a_retracted_post_said_is_forgotten()
    {
        var family = Family(Threat);
        _index.Forget(family);
        Assert.NotEqual(family, Family(Threat));
    }

    [Fact]
    public void Old_wordings_make_room_and_new_ones_are_kept()
    {
        var index = new FamilyIndex(100);
        var first = index.Assign("first", Threat, ["cedar"]);
        for (var i = 0; i < 500; i++)
            index.Assign(string.Create(CultureInfo.InvariantCulture, $"x{i}"), string.Create(CultureInfo.InvariantCulture, $"word{i} other{i} thing{i} more{i} last{i}"), ["cedar"]);
        Assert.InRange(index.Count, 100, 200);
        Assert.NotEqual(first, index.Assign("again", Threat, ["cedar"]));
        Assert.Equal("again", index.Assign("and-again", Threat, ["cedar"]));
    }

    [Fact]
    public void Unlike_posts_are_families_of_their_own()
    {
        string[] people = ["teacher", "coach", "principal", "janitor", "bus driver", "freshman", "senior", "nurse"];
        string[] doings = ["was late for practice", "lost the key of the lab", "won a prize in chess", "sang in the hallway", "forgot the permission slips", "painted the mural"];
        var families = people.SelectMany(who => doings.Select(what => Family($"today the {who} at Cedar Ridge {what}"))).ToList();
        Assert.Equal(people.Length * doings.Length, families.Distinct().Count());
    }
}
