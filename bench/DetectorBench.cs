using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using ThreatWatch.Classifier;
using ThreatWatch.Classifier.Model;
using ThreatWatch.Classifier.Risk;
using ThreatWatch.Classifier.Rules;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Bench;

/// <summary>
/// The claims "at least as many posts a second on one core as ML.NET's own FeaturizeText and a linear model", "10,000 keywords cost less
/// than twice 100", "no post takes longer than 5 ms" and "memory stays flat": both detectors on the same posts in turns, in one run.
/// </summary>
internal static class DetectorBench
{
    private const int Rounds = 5;
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 7, 40, 0, TimeSpan.Zero);

    /// <param name="file">Posts, one a line; of a *.tsv the first column after its header.</param>
    /// <param name="soak">Posts to judge for the memory's sake.</param>
    public static int Run(string file, int soak)
    {
        var posts = File.ReadLines(file).Skip(file.EndsWith(".tsv", StringComparison.Ordinal) ? 1 : 0).Select(line => line.Split('\t')[0]).Where(text => text.Length > 0).Take(20_000).ToArray();
        var root = Checkout();
        var lists = KeywordFile.Load(Path.Combine(root, "config", "keywords.json"), new Core.District(), new Problems()) ?? throw new InvalidDataException("config/keywords.json has problems: run check.");
        var detector = Detector.Load(Path.Combine(root, "models"));
        var own = Assessor(detector, lists);
        var plain = FeaturizeText(posts);
        Speed(posts, own, plain);
        Keywords(posts, detector);
        Worst(own);
        Memory(posts, own, soak);
        return 0;
    }

    private static void Speed(string[] posts, Assessor own, PredictionEngine<Post, Said> plain)
    {
        var (ours, theirs) = (new List<double>(), new List<double>());
        for (var round = 0; round <= Rounds; round++)
        {
            var (a, b) = (Rate(posts, text => own.Assess("", text, Now)), Rate(posts, text => plain.Predict(new Post { Text = text })));
            if (round > 0)
                (ours, theirs) = ([.. ours, a], [.. theirs, b]);
        }

        var alarms = posts.Count(text => own.Assess("", text, Now).Level >= Core.RiskLevel.Elevated);
        Say($"| posts | alarms among them | ours, posts/s on one core | FeaturizeText and a linear model | ratio |\n|---|---|---|---|---|");
        Say($"| {posts.Length:N0} | {alarms} | {Median(ours):N0} | {Median(theirs):N0} | {Median([.. ours.Zip(theirs).Select(p => p.First / p.Second)]):0.00} |");
    }

    private static void Keywords(string[] posts, Detector detector)
    {
        var (few, many) = (Assessor(detector, [List(100)]), Assessor(detector, [List(10_000)]));
        var ratios = new List<double>();
        for (var round = 0; round < Rounds; round++)
            ratios.Add(Rate(posts, text => few.Decide(text, null)) / Rate(posts, text => many.Decide(text, null)));
        Say($"\n| keywords | cost beside 100, keywords alone |\n|---|---|\n| 10,000 | {Median(ratios):0.00} |");

        static KeywordList List(int count)
        {
            var random = new Random(7);
            return new KeywordList { Name = "bench", Keywords = [.. Enumerable.Range(0, count).Select(_ => new Keyword { Term = Word(random) + " " + Word(random), UnlessNear = ["game"] })] };
        }

        static string Word(Random random) => string.Concat(Enumerable.Range(0, random.Next(3, 9)).Select(_ => (char)('a' + random.Next(26))));
    }

    private static void Worst(Assessor own)
    {
        Say($"\n| the slowest kinds of post | characters | ms to judge, median of 50 |\n|---|---|---|");
        foreach (var (name, text) in new[]
        {
            ("a threat of 45 words", string.Join(' ', Enumerable.Repeat("im going to shoot up the school tomorrow", 6))[..230]),
            ("a threat in a long rant", string.Concat(Enumerable.Repeat("I hate this place and everything in it. ", 100)) + "I will shoot everyone at school tomorrow."),
            ("100,000 letters", new string('a', 100_000)),
            ("20,000 threats", string.Concat(Enumerable.Repeat("shoot up the school! ", 20_000))),
            ("emoji and signs", string.Concat(Enumerable.Repeat("🔫💣$h00t #shootuptheschool ", 4_000))),
            ("letters of all scripts", string.Concat(Enumerable.Range(0x370, 8000).Select(c => (char)c))),
            ("spaced out", string.Join(' ', string.Concat(Enumerable.Repeat("shootuptheschooltomorrow", 400)).ToCharArray())),
        })
        {
            var times = Enumerable.Range(0, 60).Select(_ =>
            {
                var start = Stopwatch.GetTimestamp();
                own.Decide(text, own.Score(text));
                return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }).Skip(10).ToList();
            Say($"| {name} | {text.Length:N0} | {Median(times):0.0} |");
        }
    }

    private static void Memory(string[] posts, Assessor own, int count)
    {
        if (count == 0)
            return;
        Say($"\n| posts judged | memory in use, MB | of the process, MB |\n|---|---|---|");
        for (var (at, tenth) = (0, count / 10); at <= count; at++)
        {
            if (at % tenth == 0)
                Say($"| {at:N0} | {GC.GetTotalMemory(forceFullCollection: true) / 1e6:0.0} | {Environment.WorkingSet / 1e6:0} |");
            own.Decide(posts[at % posts.Length], own.Score(posts[at % posts.Length]));
        }
    }

    private static Assessor Assessor(Detector detector, IReadOnlyList<KeywordList> lists)
    {
        var (thresholds, weights) = (new Thresholds(), new Weights());
        return new Assessor(detector, Ruleset.Compile(lists), Classifier.Assessor.VersionOf(lists, thresholds, weights), thresholds, weights);
    }

    /// <summary>What anybody would write first with ML.NET: labels do not matter for the speed.</summary>
    private static PredictionEngine<Post, Said> FeaturizeText(string[] posts)
    {
        var context = new MLContext(seed: 1);
        var data = context.Data.LoadFromEnumerable(posts.Take(10_000).Select((text, i) => new Post { Text = text, Label = i % 3 == 0 }));
        var pipeline = context.Transforms.Text.FeaturizeText("Features", nameof(Post.Text)).AppendCacheCheckpoint(context)
            .Append(context.BinaryClassification.Trainers.SdcaLogisticRegression(maximumNumberOfIterations: 2));
        return context.Model.CreatePredictionEngine<Post, Said>(pipeline.Fit(data));
    }

    private static double Rate(string[] posts, Func<string, object> judge)
    {
        var start = Stopwatch.GetTimestamp();
        foreach (var text in posts)
            judge(text);
        return posts.Length / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }

    private static void Say(FormattableString line) => System.Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    private static string Checkout()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "ThreatWatch.sln")))
                return folder;
        }

        throw new DirectoryNotFoundException("Run the bench from its checkout.");
    }

    private sealed class Post
    {
        public string Text { get; set; } = "";

        public bool Label { get; set; }
    }

    private sealed class Said
    {
        public float Probability { get; set; }
    }
}
