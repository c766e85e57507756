using System.Globalization;
using Microsoft.Extensions.Logging;
using ThreatWatch.Classifier.Model;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Classifier;

/// <summary>
/// The assessor in force and its shadow. Takes over edits of the settings, of the keywords and of the model; a bad edit keeps the old
/// ones in force and says so.
/// </summary>
public sealed partial class CurrentAssessor(Settings settings, ILogger<CurrentAssessor> logger)
{
    private readonly Lock _gate = new();
    private volatile AssessorPair? _pair;
    private (ClassifierOptions Options, string Files) _seen = (new ClassifierOptions(), "");
    private string _modelStamp = "";

    /// <summary>Both at one moment, so that a batch is judged by one setting.</summary>
    /// <exception cref="InvalidOperationException">Nothing usable has been there since the start.</exception>
    public AssessorPair Get()
    {
        if (_pair is null)
            Refresh();
        return _pair ?? throw new InvalidOperationException("The classifier has no usable settings; the log says why.");
    }

    /// <summary>Looks once; true where something new came into force.</summary>
    public bool Refresh()
    {
        lock (_gate)
        {
            var snapshot = settings.Current;
            var options = snapshot.Get<ClassifierOptions>();
            var shadowOptions = options.ShadowSetting;
            var files = Stamp(options, snapshot) + (shadowOptions is null ? "" : Stamp(shadowOptions, snapshot));
            if (_seen == (options, files))
                return false;
            _seen = (options, files);
            var problems = new Problems();
            var model = ModelStamp(options, snapshot);
            var live = AssessorLoader.Load(options, snapshot, problems.At("classifier"), model == _modelStamp ? _pair?.Live.Detector : null);
            var shadow = shadowOptions is null || live is null ? null
                : AssessorLoader.Load(shadowOptions, snapshot, problems.At("classifier.shadow"), shadowOptions.Model == options.Model ? live.Detector : null);
            if (live is null || problems.All.Count > 0)
            {
                LogRefused(problems.All.Count, string.Join("; ", problems.All));
                return false;
            }

            _modelStamp = model;
            // Equal versions would be equal rows: such a shadow says nothing of its own.
            _pair = new AssessorPair(live, shadow is not null && shadow.IsLike(live) ? null : shadow);
            LogInForce(live.ModelVersion, live.RulesVersion, _pair.Shadow is { } other ? $"{other.ModelVersion}/{other.RulesVersion}" : "none");
            if (live.Detector is null)
                LogNoModel(AssessorLoader.ModelFolder(options, snapshot));
            return true;
        }
    }

    private static string Stamp(ClassifierOptions options, SettingsSnapshot snapshot) =>
        ModelStamp(options, snapshot) + "|" + Stamp(Path.GetFullPath(options.Keywords.Length == 0 ? "." : options.Keywords, snapshot.Folder)) + "\n";

    private static string ModelStamp(ClassifierOptions options, SettingsSnapshot snapshot) =>
        Stamp(Path.Combine(AssessorLoader.ModelFolder(options, snapshot), ModelFile.Name));

    private static string Stamp(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? string.Create(CultureInfo.InvariantCulture, $"{path} {file.Length} {file.LastWriteTimeUtc.Ticks}") : path;
    }

    [LoggerMessage(LogLevel.Information, "Posts are judged by model {Model} and rules {Rules}; shadow: {Shadow}")]
    private partial void LogInForce(string model, string rules, string shadow);

    [LoggerMessage(LogLevel.Error, "The classifier's settings have {Count} problem(s); the earlier ones stay in force. {Problems}")]
    private partial void LogRefused(int count, string problems);

    [LoggerMessage(LogLevel.Error, "There is no model in {Folder}: posts are judged by keywords ALONE, and most threats will be missed. Run: threatwatch train")]
    private partial void LogNoModel(string folder);
}

/// <summary>The assessor that decides, and one that runs along to be compared.</summary>
public sealed record AssessorPair(Assessor Live, Assessor? Shadow);
