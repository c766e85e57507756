using System.CommandLine;
using ThreatWatch.Classifier;
using ThreatWatch.Classifier.Verbs;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Cli.Verbs;

/// <summary>Judges posts from a file as the daemon would.</summary>
internal static class ScoreCommand
{
    public static Command Create()
    {
        var file = new Argument<string?>("FILE") { Arity = ArgumentArity.ZeroOrOne, Description = "NDJSON {\"id\",\"text\"}, a post a line; - or nothing for standard input" };
        var command = new Command("score", "judge posts: NDJSON in, NDJSON with level, scores and reasons out") { file };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (ConfigFile.Load(parsed) is not { } settings || LoadAssessor(settings) is not { } assessor)
                return 2;
            using var input = Streams.TryInput(parsed.GetValue(file));
            if (input is null)
                return 2;
            await using var output = Streams.Output();
            return await ScoreVerb.RunAsync(input, output, System.Console.Error, assessor, TimeProvider.System, cancellationToken);
        });
        return command;
    }

    /// <summary>The configured model, keywords and thresholds; null, with every problem on stderr, where they can't be used.</summary>
    internal static Assessor? LoadAssessor(Settings settings)
    {
        var problems = new Problems();
        var assessor = AssessorLoader.Load(settings.Get<ClassifierOptions>(), settings.Current, problems.At("classifier"));
        foreach (var problem in problems.All)
            System.Console.Error.WriteLine(problem);
        return assessor;
    }
}
