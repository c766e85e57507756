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
        float[] along = [1, -0.5f, 0.3f, 0.7f, -1, 0.2f];
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
        var losses = new List<double>();

        var first = Trained(rows, 7, losses);
        var second = Trained(rows, 7, []);

        Assert.Equal(first.Pieces, second.Pieces);
        Assert.True(losses[^1] < 0.95 * losses[0], string.Join(' ', losses));
    }

    private static EncoderParameters Trained(EncoderRow[] rows, int passes, List<double> losses)
    {
        var parameters = AnEncoder.Random(5);
        new EncoderTrainer(parameters).Run(rows, passes, (_, loss) => losses.Add(loss), TestContext.Current.CancellationToken);
        return parameters;
    }
}
