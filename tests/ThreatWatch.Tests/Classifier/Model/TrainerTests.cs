using System.Text.Json;
using ThreatWatch.Classifier.Model;

namespace ThreatWatch.Tests.Classifier.Model;

/// <summary>A model learns, is the same each time, explains itself truly, and is replaced only by one that is no worse.</summary>
public sealed class TrainerTests(TrainerTests.Trained trained) : IClassFixture<TrainerTests.Trained>
{
    [Fact]
    public void A_threat_scores_above_its_innocent_twin() =>
        Assert.True(trained.Detector.Score("im gonna shoot up the cafeteria friday").Threat > trained.Detector.Score("im gonna shoot at the gym friday").Threat);

    [Fact]
    public void The_same_data_give_the_same_bytes()
    {
        var again = Path.Combine(trained.Folder, "again");
        Trainer.Run(new TrainingPlan([trained.Data], again), TextWriter.Null, default);

        Assert.Equal(File.ReadAllBytes(Path.Combine(trained.Out, "threatwatch.model")), File.ReadAllBytes(Path.Combine(again, "threatwatch.model")));
    }

    [Fact]
    public void Leaving_out_the_top_weighted_words_lowers_the_score()
    {
        const string post = "ok so listen im gonna shoot everyone at school tomorrow";
        var detector = trained.Detector;

        var top = detector.Explain(post).Take(2).ToList();
        var rest = top.OrderByDescending(c => c.Start).Aggregate(post, (text, c) => text.Remove(c.Start, c.Length));

        Assert.All(top, c => Assert.Equal(c.Text, post.Substring(c.Start, c.Length)));
        Assert.True(top[0].Weight > 0);
        Assert.True(detector.Score(rest).Threat < detector.Score(post).Threat);
    }

    [Fact]
    public void A_worse_model_is_refused_and_the_old_one_stays()
    {
        var worse = Path.Combine(trained.Folder, "worse-data");
        Directory.CreateDirectory(worse);
        var lines = File.ReadAllLines(Path.Combine(trained.Data, "own.ndjson"));
        File.WriteAllLines(Path.Combine(worse, "own.ndjson"), lines.Select((line, i) => IsHeldBack(line) ? line : Flip(line, i)));
        var outFolder = Path.Combine(trained.Folder, "guarded");
        Directory.CreateDirectory(outFolder);
        File.Copy(Path.Combine(trained.Out, "threatwatch.model"), Path.Combine(outFolder, "threatwatch.model"));
        var before = Detector.Load(outFolder).Version;
        using var said = new StringWriter();

        var code = Trainer.Run(new TrainingPlan([worse], outFolder), said, default);

        Assert.Equal(1, code);
        Assert.Equal(before, Detector.Load(outFolder).Version);
        Assert.Contains("Refused", said.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Families_that_are_left_out_are_measured_each_and_no_model_is_put_in_place()
    {
        var data = Path.Combine(trained.Folder, "families");
        Directory.CreateDirectory(data);
        var lines = File.ReadAllLines(Path.Combine(trained.Data, "own.ndjson"));
        File.WriteAllLines(Path.Combine(data, "own.ndjson"), lines.Select(line => line.Replace("\"own\"", line.Contains("bomb", StringComparison.Ordinal) ? "\"own_bomb\"" : line.Contains("shoot", StringComparison.Ordinal) ? "\"own_shoot\"" : "\"own\"", StringComparison.Ordinal)));
        var outFolder = Path.Combine(trained.Folder, "left-out");
        using var said = new StringWriter();

        var code = Trainer.Run(new TrainingPlan([data], outFolder) { Without = ["bomb", "shoot"] }, said, default);
        var unknown = Trainer.Run(new TrainingPlan([data], outFolder) { Without = ["bomb", "arson"] }, TextWriter.Null, default);

        Assert.Equal(0, code);
        Assert.Matches("bomb, left out: Threat, [0-9.]+ ?% .* of [0-9]+ found", said.ToString());
        Assert.Matches("shoot, left out: Threat, [0-9.]+ ?% .* of [0-9]+ found", said.ToString());
        Assert.False(File.Exists(Path.Combine(outFolder, "threatwatch.model")));
        Assert.Equal(2, unknown);
    }

    [Fact]
    public async Task Many_threads_get_the_same_answers_as_one()
    {
        var posts = Enumerable.Range(0, 200).Select(i => $"im gonna shoot room {i} tomorrow lol").ToList();
        var expected = posts.Select(post => trained.Detector.Score(post).Threat).ToList();

        var actual = await Task.WhenAll(posts.Select(post => Task.Run(() => trained.Detector.Score(post).Threat)));

        Assert.Equal(expected, actual);
    }

    [Fact]
    public void An_empty_post_has_a_score_and_nothing_to_explain()
    {
        Assert.InRange(trained.Detector.Score("").Threat, 0, 1);
        Assert.Empty(trained.Detector.Explain(""));
    }

    [Fact]
    public void A_damaged_model_file_is_named_as_such()
    {
        var folder = Path.Combine(trained.Folder, "damaged");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "threatwatch.model"), "no model");

        Assert.Throws<InvalidDataException>(() => Detector.Load(folder));
    }

    private static bool IsHeldBack(string line)
    {
        using var json = JsonDocument.Parse(line);
        return new TrainingRow(json.RootElement.GetProperty("text").GetString()!, "benign", "", "own", null, true, 1).Part == 0;
    }

    private static string Flip(string line, int i) =>
        i % 2 == 0 ? line : line.Contains("\"threat\"", StringComparison.Ordinal) ? line.Replace("\"threat\"", "\"benign\"", StringComparison.Ordinal) : line.Replace("\"benign\"", "\"threat\"", StringComparison.Ordinal);

    /// <summary>A small corpus of made-up posts and the model that learnt it, shared by the tests.</summary>
    public sealed class Trained : IDisposable
    {
        private static readonly string[] Threats = ["im gonna shoot up {0} {1}", "ima kill everyone at {0} {1}", "dont come to {0} {1}, i have a gun", "theres a bomb in {0}, it goes off {1}", "bringing my glock to {0} {1} yall gonna die"];
        private static readonly string[] Harmless = ["gonna shoot hoops at {0} {1}", "this class at {0} is killing me {1}", "police arrested a student over a threat to {0} {1}", "pizza at {0} was the bomb {1}", "see you at {0} {1}", "i love {0} so much, see yall {1}"];
        private static readonly string[] SelfHarm = ["i want to kill myself {1} before {0}", "i wont be at {0} {1}, goodbye everyone, i took all my pills"];
        private static readonly string[] Places = ["school", "the gym", "the cafeteria", "homeroom", "prom", "the game"];
        private static readonly string[] Times = ["tomorrow", "monday", "friday", "3rd period"];

        public Trained()
        {
            Directory.CreateDirectory(Data);
            File.WriteAllLines(Path.Combine(Data, "own.ndjson"), Rows(Threats, "threat").Concat(Rows(Harmless, "benign")).Concat(Rows(SelfHarm, "selfharm")));
            Trainer.Run(new TrainingPlan([Data], Out), TextWriter.Null, default);
            Detector = Detector.Load(Out);
        }

        public string Folder { get; } = Directory.CreateTempSubdirectory("threatwatch-model-").FullName;

        public string Data => Path.Combine(Folder, "data");

        public string Out => Path.Combine(Folder, "out");

        public Detector Detector { get; }

        public void Dispose() => Directory.Delete(Folder, recursive: true);

        private static IEnumerable<string> Rows(string[] patterns, string label) =>
            from pattern in patterns
            from place in Places
            from time in Times
            select JsonSerializer.Serialize(new { text = string.Format(System.Globalization.CultureInfo.InvariantCulture, pattern, place, time), label, family = "own", lang = "en" });
    }
}
