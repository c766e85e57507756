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
