using System.Security.Cryptography;
using ThreatWatch.Classifier.Evaluation;
using ThreatWatch.Classifier.Model;

namespace ThreatWatch.Classifier.Verbs;

/// <summary><c>threatwatch evaluate</c>: how good the configured model and thresholds are on labelled posts, and how fair.</summary>
public static class EvaluateVerb
{
    /// <param name="plots">A folder for evaluation.md and its plots, ready to be put beside the model; null for none.</param>
    /// <returns>The exit code: 0, or 2 where the file holds nothing to measure.</returns>
    public static int Run(string data, string? plots, Assessor assessor, TextWriter output, TextWriter errors)
    {
        IReadOnlyList<LabelledPost> posts;
        string hash;
        try
        {
            posts = LabelledPost.Read(data, errors);
            using var file = File.OpenRead(data);
            hash = Convert.ToHexStringLower(SHA256.HashData(file));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            errors.WriteLine($"{data} can't be read: {exception.Message}");
            return 2;
        }

        if (posts.Count == 0)
        {
            errors.WriteLine($"{data} holds no labelled post.");
            return 2;
        }

        var judged = JudgedPost.Judge(posts, assessor);
        var sheet = EvaluationReport.Of(judged, assessor, BiasReport.Of(assessor), Path.GetFileName(data), hash);
        output.Write(sheet.ToText());
        if (plots is not null)
        {
            var files = EvaluationPlots.Write(plots, judged);
            sheet.Heading("Plots");
            foreach (var (file, shows) in files)
                sheet.Say($"![{shows}]({file})");
            var report = Path.Combine(plots, "evaluation.md");
            File.WriteAllText(report, sheet.ToMarkdown("Evaluation"));
            errors.WriteLine($"Written: {report}, {string.Join(", ", files.Select(written => written.File))}");
        }

        return 0;
    }
}
