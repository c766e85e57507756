using ThreatWatch.Classifier.Model.Encoders;

namespace ThreatWatch.Tests.Classifier.Model.Encoders;

public sealed class WordPiecesTests
{
    [Fact]
    public void A_word_is_cut_into_its_longest_pieces() =>
        Assert.Equal([WordPieces.Begin, Row("shoot"), Row("##ing"), Row("hoop"), Row("##s"), Row("d"), Row("##o"), Row("##g"), WordPieces.End], Pieces("shooting hoops dog"));

    [Fact]
    public void A_word_that_no_pieces_spell_is_one_unreadable_piece() =>
        Assert.Equal([WordPieces.Begin, Row("i"), WordPieces.Unreadable, Row("up"), WordPieces.End], Pieces("i shootqx up"));

    [Fact]
    public void What_is_masked_is_the_word_for_its_class_and_an_emoji_the_word_it_stands_for() =>
        Assert.Equal([WordPieces.Begin, Row("user"), Row("gun"), Row("school"), Row("!"), WordPieces.End], Pieces("@somebody.else 🔫 Quillby High School!"));

    [Fact]
    public void An_emoji_without_a_word_has_a_row_of_its_own_kind()
    {
        var row = Pieces("😂")[1];

        Assert.InRange(row, WordPieces.FirstEmoji, WordPieces.FirstEmoji + WordPieces.EmojiRows - 1);
    }

    [Fact]
    public void A_disguise_is_undone_before_the_word_is_cut() =>
        Assert.Equal(Pieces("i will shoot up the school"), Pieces("i will sh00t up the sch00l"));

    [Fact]
    public void A_long_post_fills_the_room_and_ends()
    {
        var pieces = Pieces(string.Join(' ', Enumerable.Repeat("shooting", 100)));

        Assert.Equal(EncoderShape.Longest, pieces.Length);
        Assert.Equal(WordPieces.End, pieces[^1]);
    }

    [Fact]
    public void Of_a_long_post_the_part_around_the_telling_sentence_is_read()
    {
        var reader = new ThreatWatch.Classifier.Model.FeatureReader();
        reader.Read(string.Concat(Enumerable.Repeat("the dog the dog the dog. ", 30)) + "i will shoot up the school! " + string.Concat(Enumerable.Repeat("the dog the dog. ", 30)));
        var (pieces, kinds) = (new int[EncoderShape.Longest], new ulong[EncoderShape.Longest]);

        var count = AnEncoder.Words.Read(reader, Encoder.Begin(AnEncoder.Words, reader, 30), pieces, kinds);

        Assert.Contains(Row("shoot"), pieces[..count]);
        Assert.Contains(Row("!"), pieces[..count]);
    }

    private static int[] Pieces(string text) => AnEncoder.Read(text).Pieces.ToArray();

    private static int Row(string piece) => WordPieces.FirstPiece + Array.IndexOf(AnEncoder.Words.Hashes, WordPieces.HashOf(piece));
}
