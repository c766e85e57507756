using ThreatWatch.Classifier.Model;
using ThreatWatch.Classifier.Rules;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Classifier;

/// <summary>Makes an assessor from the configuration: reads the model and the keywords, and says everything that is wrong with them.</summary>
public static class AssessorLoader
{
    /// <summary>Null with problems where the keywords or the model can't be used. A model that is not there is no problem but a null detector.</summary>
    /// <param name="detector">A detector at hand for the same folder, or null to load it.</param>
    public static Assessor? Load(ClassifierOptions options, SettingsSnapshot settings, Problems problems, Detector? detector = null)
    {
        var before = problems.All.Count;
        var lists = options.Keywords.Length == 0 ? []
            : KeywordFile.Load(Path.GetFullPath(options.Keywords, settings.Folder), settings.Get<District>(), problems.At("keywords"));
        detector ??= LoadDetector(ModelFolder(options, settings), problems);
        if (lists is null || problems.All.Count > before)
            return null;
        return new Assessor(detector, Ruleset.Compile(lists), Assessor.VersionOf(lists, options.Thresholds, options.Weights), options.Thresholds, options.Weights);
    }

    /// <summary>For verbs that are nothing without a model: null after everything that is wrong is on <paramref name="errors"/>; the exit code is then 2.</summary>
    public static Assessor? LoadOrSay(Settings settings, TextWriter errors)
    {
        var problems = new Problems();
        var options = settings.Get<ClassifierOptions>();
        var assessor = Load(options, settings.Current, problems.At("classifier"));
        if (assessor is { Detector: null })
            problems.At("classifier").Add("model", $"there is no model in {ModelFolder(options, settings.Current)}; make one: threatwatch train");
        foreach (var problem in problems.All)
            errors.WriteLine(problem);
        return problems.All.Count == 0 ? assessor : null;
    }

    public static string ModelFolder(ClassifierOptions options, SettingsSnapshot settings) => Path.GetFullPath(options.Model, settings.Folder);

    private static Detector? LoadDetector(string folder, Problems problems)
    {
        try
        {
            return Detector.Load(folder);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            problems.Add("model", $"the model in {folder} can't be used: {exception.Message}");
            return null;
        }
    }
}
