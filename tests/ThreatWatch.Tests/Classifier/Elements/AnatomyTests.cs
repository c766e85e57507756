using ThreatWatch.Classifier.Elements;
using ThreatWatch.Classifier.Text;

namespace ThreatWatch.Tests.Classifier.Elements;

/// <summary>The parts of a threat are found where they stand, and idioms are no acts.</summary>
public sealed class AnatomyTests
{
    [Fact]
    public void A_direct_threat_shows_its_parts()
    {
        const string post = "I'm gonna shoot up Tarnwick High School tomorrow with my dad's rifle";

        var found = Read(post);

        Assert.Equal("gonna", Place(post, found, ElementKind.Intent));
        Assert.Equal("shoot up", Place(post, found, ElementKind.Shoot));
        Assert.Equal("Tarnwick High School", Place(post, found, ElementKind.School));
        Assert.Equal("tomorrow", Place(post, found, ElementKind.Time));
        Assert.Equal("rifle", Place(post, found, ElementKind.Gun));
    }

    [Theory]
    [InlineData("this test is killing me")]
    [InlineData("that outfit is the bomb")]
    [InlineData("who brought the bath bombs")]
    [InlineData("shots fired lol")]
    public void An_idiom_is_no_act(string post)
    {
        var kinds = Read(post).Select(element => element.Kind).ToList();

        Assert.Contains(ElementKind.Idiom, kinds);
        Assert.DoesNotContain(ElementKind.Act, kinds);
        Assert.DoesNotContain(ElementKind.Bomb, kinds);
        Assert.DoesNotContain(ElementKind.Shoot, kinds);
    }

    [Fact]
    public void A_warning_in_disguise_is_still_a_warning() => Assert.Contains(Read("d0nt c0me to school fr1day"), element => element.Kind == ElementKind.Warning);

    [Theory]
    [InlineData("no vayan a la escuela mañana, los voy a matar a todos", "es")]
    [InlineData("i am going to the game with my mom tonight", "en")]
    [InlineData("сегодня очень хорошая погода в городе", "other")]
    [InlineData("Я принесу бомбу в школу завтра", "other")]
    [InlineData("всем привет, кто идёт на матч", "other")]
    [InlineData("Θα φέρω όπλο στο σχολείο αύριο", "other")]
    [InlineData("і wіӏӏ ѕһооt uр tһе ѕсһооӏ tоmоrrоw", "en")]
    [InlineData("das ist ein sehr schöner Abend und wir gehen jetzt nach Hause", "other")]
    public void A_post_is_told_by_its_language(string post, string language)
    {
        var (text, anatomy) = (new PlainText(), new Anatomy());
        text.Read(post);
        anatomy.Read(text);

        Assert.Equal(language, anatomy.Language);
    }

    [Theory]
    [InlineData("watch ur back", ElementKind.Warning)]
    [InlineData("u gonna get smoked by the bleachers", ElementKind.Act)]
    [InlineData("mañana truena la secundaria", ElementKind.BombAct)]
    [InlineData("el jueves la espero y la apuñalo", ElementKind.Hurt)]
    public void A_threat_is_found_as_pupils_write_it(string post, ElementKind kind) => Assert.Contains(Read(post), element => element.Kind == kind);

    [Fact]
    public void Spanish_elements_are_found_in_spanish_posts() =>
        Assert.Contains(Read("los voy a matar a todos en la escuela mañana"), element => element.Kind == ElementKind.Act);

    private static List<Element> Read(string post)
    {
        var (text, anatomy) = (new PlainText(), new Anatomy());
        text.Read(post);
        anatomy.Read(text);
        return anatomy.Elements(text);
    }

    private static string Place(string post, List<Element> found, ElementKind kind)
    {
        var element = found.Where(e => e.Kind == kind).MaxBy(e => e.Length)!;
        return post.Substring(element.Start, element.Length);
    }
}
