using ThreatWatch.Classifier.Model;
using ThreatWatch.Classifier.Model.Networks;

namespace ThreatWatch.Tests.Classifier.Model.Networks;

/// <summary>The networks see the order of words and survive being written down.</summary>
public sealed class CommitteeTests
{
    private static readonly string[] Names = ["the goat", "the robot", "the mayor", "the clown", "the duck", "the pirate", "the nurse", "the wizard"];

    [Fact]
    public void The_same_words_in_another_order_are_another_thing()
    {
        var rows = new List<TrainingRow>();
        foreach (var name in Names)
        {
            for (var i = 0; i < 8; i++)
            {
                rows.Add(new TrainingRow($"day {i} i will shoot {name}", "threat", "", "own", null, true, 1));
                rows.Add(new TrainingRow($"day {i} {name} will shoot i", "benign", "", "own", null, true, 1));
            }
        }

        var committee = CommitteeTrainer.Fit(rows, TextWriter.Null, default);

        Assert.True(Ask(committee, "day 40 i will shoot the goat") > 1);
        Assert.True(Ask(committee, "day 40 the goat will shoot i") < -1);
        Assert.Equal(Ask(committee, "day 40 i will shoot the goat"), Ask(committee.AsStored(), "day 40 i will shoot the goat"), 1);
        foreach (var post in new[] { "day 40 i will shoot the goat", "the mayor and the duck", "xyzzy", "" })
            Assert.InRange(Stepped(committee, post) - Exact(committee, post), -0.15f, 0.15f);
    }

    private static float Stepped(Committee committee, string post) => new SteppedNetwork(committee.Matrices[0]).Score(Read(committee, post)).Threat;

    private static float Exact(Committee committee, string post)
    {
        var (network, input) = (new Network(committee.Members[0]), Read(committee, post));
        network.Tokens.Read(input, 0, input.Count, (input, token) => input.Words[token] < 0);
        return network.Forward(input, 0, input.Count, default).Threat;
    }

    private static NetworkInput Read(Committee committee, string post)
    {
        var reader = new FeatureReader();
        reader.Read(post);
        var input = new NetworkInput(64);
        input.Read(reader, committee.Vocabulary, allLetters: false);
        return input;
    }

    private static float Ask(Committee committee, string post)
    {
        var reader = new FeatureReader();
        reader.Read(post);
        return new CommitteeScorer(committee).Score(reader, 0).Threat;
    }
}
