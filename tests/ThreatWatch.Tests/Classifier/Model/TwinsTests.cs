using ThreatWatch.Classifier.Model;
using ThreatWatch.Classifier.Model.Networks;

namespace ThreatWatch.Tests.Classifier.Model;

/// <summary>Two posts that say the same in two varieties of English are read from a corpus as twins, and learnt to mean the same.</summary>
public sealed class TwinsTests
{
    private const string One = "we finna eat";
    private const string Other = "they are about to close";

    [Fact]
    public void Only_the_halves_of_a_twin_family_are_twins()
    {
        var folder = Directory.CreateTempSubdirectory("twins").FullName;
        File.WriteAllLines(Path.Combine(folder, "own.ndjson"),
        [
            """{"text":"we finna eat","label":"benign","family":"twin_life","lang":"en","pair":"a1"}""",
            """{"text":"we are going to eat now","label":"benign","family":"twin_life","lang":"en","pair":"a1"}""",
            """{"text":"im bringing a gun","label":"threat","family":"pair_gun","lang":"en","pair":"a2"}""",
            """{"text":"im bringing a gum","label":"benign","family":"pair_gun","lang":"en","pair":"a2"}""",
        ]);

        var rows = TrainingData.Read([folder]);

        Assert.Equal(["we are going to eat now", "we finna eat", null, null], rows.Select(row => row.Twin));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Twins_with_different_labels_or_without_their_other_half_are_refused_with_their_place()
    {
        var folder = Directory.CreateTempSubdirectory("twins").FullName;
        File.WriteAllLines(Path.Combine(folder, "own.ndjson"),
        [
            """{"text":"we finna eat","label":"benign","family":"twin_life","lang":"en","pair":"a1"}""",
            """{"text":"we are going to eat now","label":"threat","family":"twin_life","lang":"en","pair":"a1"}""",
            """{"text":"she gone","label":"benign","family":"twin_life","lang":"en","pair":"a2"}""",
        ]);

        var error = Assert.Throws<InvalidDataException>(() => TrainingData.Read([folder])).Message;

        Assert.Contains("own.ndjson:2: \"label\" is \"threat\"", error);
        Assert.Contains("own.ndjson:3: pair \"a2\"", error);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void The_linear_weights_of_twins_are_drawn_together_and_still_tell_threats()
    {
        (SparseVector, bool, float)[] rows = [.. Enumerable.Range(0, 40).SelectMany(i => new[] { (Read($"{One} {i}"), true, 1f), (Read($"{Other} {i}"), false, 1f) })];

        var apart = LinearTrainer.Fit(rows, [], 1e-6f, 20);
        var together = LinearTrainer.Fit(rows, [(Read("we finna"), Read("they are about to"))], 1e-6f, 20);

        Assert.True(Difference(together.Weights, "we finna", "they are about to") < Difference(apart.Weights, "we finna", "they are about to") / 2);
        Assert.True(Difference(together.Weights, One, Other) > 0);
    }

    [Fact]
    public void A_network_says_nearly_the_same_of_twins()
    {
        TrainingRow one = new(One, "threat", "", "own", null, true, 1), other = one with { Text = Other }, benign = other with { Label = "benign" };

        // The same labels as often in both, so that only the tie tells them apart.
        var apart = CommitteeTrainer.Fit([.. Enumerable.Repeat(one, 30), .. Enumerable.Repeat(other, 30), .. Enumerable.Repeat(benign, 60)], TextWriter.Null, default);
        var together = CommitteeTrainer.Fit([.. Enumerable.Repeat(one with { Twin = Other }, 60), .. Enumerable.Repeat(benign, 60)], TextWriter.Null, default);

        Assert.True(Ask(together, One) - Ask(together, Other) < (Ask(apart, One) - Ask(apart, Other)) / 2);
    }

    private static float Difference(float[] weights, string one, string other) => Sum(weights, Read(one)) - Sum(weights, Read(other));

    private static float Sum(float[] weights, SparseVector post) => post.Buckets.Zip(post.Values).Sum(feature => weights[feature.First] * feature.Second);

    private static SparseVector Read(string text)
    {
        var reader = new FeatureReader();
        reader.Read(text);
        return SparseVector.From(reader);
    }

    private static float Ask(Committee committee, string post)
    {
        var reader = new FeatureReader();
        reader.Read(post);
        return new CommitteeScorer(committee).Score(reader, 0).Threat;
    }
}
