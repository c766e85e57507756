using ThreatWatch.Classifier.Text;

namespace ThreatWatch.Tests.Classifier.Text;

/// <summary>Disguises are undone, identities are masked, and every token knows its place in the original.</summary>
public sealed class PlainTextTests
{
    [Theory]
    [InlineData("sh00t", "shoot")]
    [InlineData("k!ll", "kill")]
    [InlineData("sh**t up", "shoot up")]
    [InlineData("b*mb", "bomb")]
    [InlineData("u should d*e", "u should die")]
    [InlineData("k i l l", "kill")]
    [InlineData("i w i l l k i l l y o u", "i will kill you")]
    [InlineData("s.h.o.o.t", "shoot")]
    [InlineData("shooooot", "shoot")]
    [InlineData("killlll", "kill")]
    [InlineData("dοn't cοme", "dont come")]
    [InlineData("s\u200Bh\u200Bo\u200Bo\u200Bt", "shoot")]
    [InlineData("k\U000E0061ill", "kill")]
    [InlineData("𝐤𝐢𝐥𝐥 ＢＯＭＢ ⓖⓤⓝ", "kill bomb gun")]
    [InlineData("#ShootUpTheSchool", "shoot up the school")]
    [InlineData("#killeveryone", "kill everyone")]
    [InlineData("mañana", "manana")]
    [InlineData("\u202Eloohcs eht toohs", "shoot the school")]
    public void A_disguised_word_reads_as_the_word(string disguised, string meant) => Assert.Equal(meant, Words(disguised));

    [Theory]
    [InlineData("see https://example.org/a?b=c now", TokenKind.Link)]
    [InlineData("thanks @kaylee.w for this", TokenKind.Handle)]
    [InlineData("[USER] is here", TokenKind.Handle)]
    [InlineData("call 555-123-4567 please", TokenKind.Phone)]
    [InlineData("on 3/14/2026 we meet", TokenKind.Date)]
    [InlineData("at 3:30pm sharp", TokenKind.Clock)]
    [InlineData("write to jo@example.org today", TokenKind.Mail)]
    [InlineData("over at Tarnwick High School it was loud", TokenKind.School)]
    [InlineData("everyone at WHS knows", TokenKind.School)]
    [InlineData("ask Mr. Harlowick about it", TokenKind.Person)]
    [InlineData("then Zorbina laughed", TokenKind.Name)]
    public void What_identifies_is_masked_to_its_class(string text, TokenKind kind) => Assert.Contains(Read(text).Tokens.ToArray(), token => token.Kind == kind);

    [Theory]
    [InlineData("SHOOTING UP QUILLBY HIGH TOMORROW", "shooting up")]
    [InlineData("i will KILL Quillby High", "kill")]
    [InlineData("Shooting Up Oak Creek High Friday", "shooting")]
    public void Loud_words_before_the_name_of_a_school_are_no_part_of_it(string post, string kept)
    {
        var text = Read(post);
        var words = text.Tokens.ToArray().Where(token => token.Kind == TokenKind.Word).Select(token => text.Word(token).ToString());

        Assert.Contains(kept, string.Join(' ', words));
        Assert.Contains(text.Tokens.ToArray(), token => token.Kind == TokenKind.School);
    }

    [Fact]
    public void Each_token_points_to_its_place_in_the_original()
    {
        const string post = "yo 😂 im gonna sh00t 🔫 k i l l";
        var text = Read(post);

        var places = text.Tokens.ToArray().Select(token => post.Substring(token.Start, token.Length));

        Assert.Equal(["yo", "😂", "im", "gonna", "sh00t", "🔫", "k i l l"], places);
    }

    [Fact]
    public void An_emoji_of_a_gun_is_the_word_of_a_gun_and_no_other_emoji_is() =>
        Assert.Equal([PlainHash.Of("emoji:gun")], Read("🔫 🌈").Tokens.ToArray().Select(token => token.Hash).Where(hash => hash == PlainHash.Of("emoji:gun")));

    [Fact]
    public void A_sentence_ends_at_its_mark_but_not_after_a_title() => Assert.Equal(2, Read("Ask Mr. Harlowick. He knows").Sentences);

    [Fact]
    public void A_swear_word_with_a_star_is_not_read_as_shot() => Assert.Equal("shit", Words("sh*t"));

    [Theory]
    [InlineData("a")]
    [InlineData("a b ")]
    [InlineData("k.")]
    [InlineData("#aaaaaaa")]
    [InlineData("$*@!")]
    [InlineData("😂")]
    [InlineData("\uD83D")]
    [InlineData("͏ﷺ")]
    public void A_hostile_text_of_any_length_is_read_within_its_limits(string piece)
    {
        var text = Read(string.Concat(Enumerable.Repeat(piece, 60_000)));

        Assert.InRange(text.Count, 0, PlainText.TokenLimit);
        Assert.All(text.Tokens.ToArray(), token => Assert.InRange(token.Start + token.Length, 1, text.Original.Length));
    }

    private static PlainText Read(string post)
    {
        var text = new PlainText();
        text.Read(post);
        return text;
    }

    private static string Words(string post)
    {
        var text = Read(post);
        return string.Join(' ', text.Tokens.ToArray().Select(token => text.Word(token).ToString()));
    }
}
