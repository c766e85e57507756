using ThreatWatch.Classifier.Model;
using ThreatWatch.Classifier.Model.Encoders;

namespace ThreatWatch.Tests.Classifier.Model.Encoders;

public sealed class EncoderTests
{
    private static readonly PieceRow[] Posts = [AnEncoder.Read("i will shoot up the school"), AnEncoder.Read("shooting hoops"), AnEncoder.Read("the dog")];

    [Fact]
    public void Posts_read_side_by_side_say_what_each_says_alone()
    {
        var weights = new Encoder(AnEncoder.Words, AnEncoder.Random(1)).Weights;

        var together = AnEncoder.Logits(weights, Posts);

        var alone = Posts.SelectMany(post => AnEncoder.Logits(weights, post));
        foreach (var (expected, got) in alone.Zip(together))
            Assert.Equal(expected, got, 1e-4);
    }

    [Fact]
    public void The_order_of_words_matters()
    {
        var weights = new ExactWeights(AnEncoder.Random(1));

        Assert.NotEqual(AnEncoder.Logits(weights, AnEncoder.Read("i will shoot the dog")), AnEncoder.Logits(weights, AnEncoder.Read("the dog will shoot i")));
    }

    [Fact]
    public void A_post_that_is_nothing_to_all_so_far_is_let_go_at_an_exit()
    {
        var encoder = new Encoder(AnEncoder.Words, AnEncoder.Random(1));
        var reader = new FeatureReader();
        reader.Read("i will shoot up the school");
        var scorer = new EncoderScorer(encoder);
        var all = AnEncoder.Logits(encoder.Weights, AnEncoder.Read("i will shoot up the school"));
        float[] gates = [Math.Max(all[0], all[1]) + 0.5f, float.MinValue, float.MinValue];

        Assert.Equal((all[^2], all[^1]), scorer.Score(reader, 0, 0, 0, []));
        Assert.Null(scorer.Score(reader, 0, 0, 0, gates));
        Assert.Equal((all[^2], all[^1]), scorer.Score(reader, 0, 1, 1, gates));
    }

    [Fact]
    public void A_file_gives_back_what_was_rounded_for_it()
    {
        var parameters = AnEncoder.Random(2);
        EncoderFile.Round(parameters);
        using var bytes = new MemoryStream();
        using (var writer = new BinaryWriter(bytes, System.Text.Encoding.UTF8, leaveOpen: true))
            EncoderFile.Write(writer, new Encoder(AnEncoder.Words, parameters));
        bytes.Position = 0;

        var read = EncoderFile.Read(new BinaryReader(bytes));

        foreach (var (expected, got) in AnEncoder.Logits(new Encoder(AnEncoder.Words, parameters).Weights, Posts).Zip(AnEncoder.Logits(read.Weights, Posts)))
            Assert.Equal(expected, got, 1e-3);
    }

    [Fact]
    public void The_gradient_is_how_the_logits_change()
    {
        var parameters = AnEncoder.Random(3);
        var weights = new ExactWeights(parameters);
        float[] along = [.. Enumerable.Range(0, Posts.Length * EncoderShape.AllOutputs).Select(i => MathF.Sin(i))];
        var pass = new EncoderPass(weights, Posts.Sum(post => post.Count));
        var gradient = new EncoderGradient(weights, Posts.Sum(post => post.Count));
        pass.Read(Posts, new float[along.Length]);
        gradient.Run(pass, Posts, along);

        // Each matrix, table and vector is moved a little along its own gradient: the first order says by how much the sum grows.
        var values = parameters.Dense.Prepend(parameters.Pieces).ToArray();
        var gradients = gradient.Gradients.Dense.Prepend(gradient.Gradients.Pieces).ToArray();
        Assert.Equal(values.Length, gradients.Length);
        for (var i = 0; i < values.Length; i += 13)
        {
            var size = gradients[i].Sum(g => (double)g * g);
            if (size < 1e-6)
                continue;
            var step = (float)(0.01 / Math.Sqrt(size));
            double Move(float by)
            {
                for (var k = 0; k < values[i].Length; k++)
                    values[i][k] += by * gradients[i][k];
                weights.Pack();
                return AnEncoder.Logits(weights, Posts).Zip(along).Sum(p => (double)p.First * p.Second);
            }

            var (up, down) = (Move(step), Move(-2 * step));
            Move(step);
            Assert.Equal(1, (up - down) / (2 * step * size), 0.1);
        }
    }

    [Fact]
    public void Training_learns_what_only_the_order_tells_and_gives_the_same_numbers_again()
    {
        EncoderRow[] rows = [new(AnEncoder.Read("i will shoot up the school"), 1, 0, 1), new(AnEncoder.Read("the school will shoot up i"), 0, 1, 1)];

        var first = Trained(rows, 7);
        var second = Trained(rows, 7);

        Assert.Equal(first.Pieces, second.Pieces);
        // The first post's logits beside the second's, at each exit and at the end: threat rises, self-harm falls.
        foreach (var (before, after) in Apart(AnEncoder.Random(5), rows).Zip(Apart(first, rows)))
            Assert.True(after > before + 0.001, $"{before} {after}");
    }

    [Fact]
    public void Twins_are_drawn_together()
    {
        EncoderRow post = new(AnEncoder.Read("i will shoot up the school"), 1, 0, 1), twin = post with { Post = AnEncoder.Read("i hoop up the gun") };

        var (drawn, free) = (Between(Trained([post with { Twin = twin.Post }], 8)), Between(Trained([post, twin], 8)));
        Assert.True(drawn < free - 0.001, $"{drawn} {free} {Between(AnEncoder.Random(5))}");

        float Between(EncoderParameters parameters)
        {
            var logits = AnEncoder.Logits(new ExactWeights(parameters), post.Post, twin.Post);
            return Enumerable.Range(0, EncoderShape.AllOutputs).Sum(at => Math.Abs(logits[at] - logits[EncoderShape.AllOutputs + at]));
        }
    }

    private static List<float> Apart(EncoderParameters parameters, EncoderRow[] rows)
    {
        var logits = AnEncoder.Logits(new ExactWeights(parameters), [.. rows.Select(row => row.Post)]);
        return [.. Enumerable.Range(0, EncoderShape.AllOutputs).Select(at => (logits[at] - logits[EncoderShape.AllOutputs + at]) * (at % 2 == 0 ? 1 : -1))];
    }

    private static EncoderParameters Trained(EncoderRow[] rows, int passes)
    {
        var parameters = AnEncoder.Random(5);
        new EncoderTrainer(parameters).Run(rows, passes, static (_, _) => { }, TestContext.Current.CancellationToken);
        return parameters;
    }
}
