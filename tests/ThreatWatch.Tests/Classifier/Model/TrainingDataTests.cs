using ThreatWatch.Classifier.Model;

namespace ThreatWatch.Tests.Classifier.Model;

/// <summary>A line of a corpus that can't be used is named, not passed over: nobody notices a threat that was learnt as harmless.</summary>
public sealed class TrainingDataTests
{
    [Fact]
    public void Every_line_that_cannot_be_used_is_named_with_its_place_and_its_fault()
    {
        var folder = Directory.CreateTempSubdirectory("corpus").FullName;
        File.WriteAllLines(Path.Combine(folder, "ours.ndjson"),
        [
            """{"text":"im bringing a gun","label":"threta"}""",
            "",
            """{"text":"see you at practice","label":"benign"}""",
            """{"text":"see you at practice","label":""",
            """{"post":"see you at practice","label":"benign"}""",
            "[1]",
        ]);

        var problems = Assert.Throws<InvalidDataException>(() => TrainingData.Read([folder])).Message.Split(Environment.NewLine);

        Assert.Equal(
            [
                """ours.ndjson:1: "label" is "threta"; it is one of threat, selfharm, benign""",
                "ours.ndjson:4: not JSON from byte 39 on",
                """ours.ndjson:5: a line needs "text" and "label", both strings""",
                """ours.ndjson:6: a line needs "text" and "label", both strings""",
            ],
            problems.Select(problem => problem[(folder.Length + 1)..]));
        Directory.Delete(folder, recursive: true);
    }
}
