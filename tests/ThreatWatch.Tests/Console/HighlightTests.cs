using ThreatWatch.Console.Alerts;
using ThreatWatch.Core;

namespace ThreatWatch.Tests.Console;

public sealed class HighlightTests
{
    [Fact]
    public void Places_of_reasons_are_marked_and_places_that_overlap_are_marked_once() =>
        Assert.Equal("a <mark>b c</mark><mark> d</mark> e", AlertPage.Highlight("a b c d e", [At(2, 3), At(4, 3), At(-1, 0)]));

    [Fact]
    public void What_a_post_says_stays_text() =>
        Assert.Equal("<mark>&lt;script&gt;</mark>&amp;", AlertPage.Highlight("<script>&", [At(0, 8)]));

    [Fact]
    public void A_place_beyond_the_end_is_passed_over() => Assert.Equal("short", AlertPage.Highlight("short", [At(3, 40)]));

    private static Reason At(int start, int length) => new(ReasonKind.Word, "", start, length, 1);
}
