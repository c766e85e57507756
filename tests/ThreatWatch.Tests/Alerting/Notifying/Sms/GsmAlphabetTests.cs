using ThreatWatch.Alerting.Notifying.Sms;

namespace ThreatWatch.Tests.Alerting.Notifying.Sms;

public sealed class GsmAlphabetTests
{
    [Theory]
    [InlineData("a", 160, 1)]
    [InlineData("a", 161, 2)]
    [InlineData("a", 306, 2)]
    [InlineData("a", 307, 3)]
    [InlineData("€", 80, 1)]
    [InlineData("€", 81, 2)]
    // 153 places hold 76 pairs: a pair is never cut in two.
    [InlineData("€", 152, 2)]
    [InlineData("€", 153, 3)]
    [InlineData("ł", 70, 1)]
    [InlineData("ł", 71, 2)]
    [InlineData("ł", 134, 2)]
    [InlineData("ł", 135, 3)]
    [InlineData("😀", 35, 1)]
    [InlineData("😀", 36, 2)]
    [InlineData("😀", 66, 2)]
    [InlineData("😀", 67, 3)]
    public void Segments_are_counted_as_carriers_do(string one, int times, int segments) =>
        Assert.Equal(segments, GsmAlphabet.Segments(string.Concat(Enumerable.Repeat(one, times))));

    [Fact]
    public void One_character_outside_the_alphabet_makes_the_whole_text_short()
    {
        Assert.Equal(1, GsmAlphabet.Segments(new string('a', 100)));
        Assert.Equal(2, GsmAlphabet.Segments(new string('a', 99) + "ł"));
    }

    [Theory]
    [InlineData("Benito Juárez – “Águilas”…", "Benito Juarez - \"Aguilas\"...")]
    [InlineData("Peña ß ÅÉ €", "Peña ß ÅÉ €")]
    [InlineData("O’Brien", "O'Brien")]
    [InlineData("학교 😀", "학교 😀")]
    public void Texts_are_brought_into_the_alphabet_where_nothing_is_lost(string text, string folded) => Assert.Equal(folded, GsmAlphabet.Fold(text));
}
