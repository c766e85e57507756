using ThreatWatch.Classifier.Evaluation;
using ThreatWatch.Classifier.Verbs;
using ThreatWatch.Core;

namespace ThreatWatch.Tests.Classifier.Verbs;

/// <summary>From a labelled file to the report that ships beside a model.</summary>
public sealed class EvaluateVerbTests : IDisposable
{
    private readonly ClassifierRig _rig = new();

    [Fact]
    public void The_report_holds_levels_calibration_families_and_bias_and_its_plots()
    {
        var plots = Path.Combine(_rig.Folder, "plots");

        var (code, output, _) = Run(
            """
            {"text":"there is danger","label":"threat","family":"plain","lang":"en"}
            {"text":"hidden","label":"threat","family":"veiled","lang":"en"}
            {"text":"danger zone, my favourite song","label":"benign","family":"music","lang":"en"}
            {"text":"hello","label":"benign","family":"chat","lang":"en"}
            """,
            plots);

        Assert.Equal(0, code);
        Assert.Matches(@"(?m)^Threat +High +0\.88 +50\.0%", output);
        Assert.Matches(@"(?m)^Threat +veiled +100\.0%.*1/1", output);
        Assert.Matches(@"(?m)^none +music +100\.0%.*1/1", output);
        Assert.Contains("expected calibration error", output, StringComparison.Ordinal);
        Assert.Contains("African American English", output, StringComparison.Ordinal);
        var markdown = File.ReadAllText(Path.Combine(plots, "evaluation.md"));
        Assert.Contains("| Threat | High | 0.88 |", markdown, StringComparison.Ordinal);
        foreach (var plot in new[] { "precision-recall.svg", "reliability.svg", "alerts-recall.svg" })
        {
            Assert.Contains($"({plot})", markdown, StringComparison.Ordinal);
            Assert.StartsWith("<?xml", File.ReadAllText(Path.Combine(plots, plot)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Tab_separated_sets_are_read_and_a_bad_line_is_named()
    {
        var (code, output, errors) = Run("text\tlabel\tdetail\ndanger ahead\tthreat\tset\nnice day\ttoxic_nonthreat\tset\nonly text", null);

        Assert.Equal(0, code);
        Assert.Contains("2 posts, 1 threats", output, StringComparison.Ordinal);
        Assert.Contains("line 4", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_wrong_usage()
    {
        using var errors = new StringWriter();

        Assert.Equal(2, EvaluateVerb.Run(Path.Combine(_rig.Folder, "gone"), null, _rig.Assessor.Get().Live, TextWriter.Null, errors));
        Assert.Contains("can't be read", errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_bias_report_compares_as_many_of_each_dialect()
    {
        var report = BiasReport.Of(_rig.Assessor.Get().Live);

        Assert.All(report.Measures.Where(measure => measure.Name.Contains("English", StringComparison.Ordinal)), measure => Assert.Equal(measure.Group.Of, measure.Reference.Of));
        Assert.Contains(report.Measures, measure => measure is { Level: RiskLevel.High, Group.Of: >= 50 });
    }

    public void Dispose() => _rig.Dispose();

    private (int Code, string Output, string Errors) Run(string data, string? plots)
    {
        var file = Path.Combine(_rig.Folder, "data");
        File.WriteAllText(file, data);
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var code = EvaluateVerb.Run(file, plots, _rig.Assessor.Get().Live, output, errors);
        return (code, output.ToString(), errors.ToString());
    }
}
