using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Classifier.Rules;

/// <summary>Reads a file of keywords, with everything that is wrong with it.</summary>
public static class KeywordFile
{
    /// <summary>Null where the file can't be read or has problems, which are added with their place in the file.</summary>
    /// <param name="district">Its schools' own names, handles and places are no private persons.</param>
    public static IReadOnlyList<KeywordList>? Load(string file, District district, Problems problems)
    {
        var (snapshot, found) = SettingsSnapshot.Load(file, Sections(district));
        return Finish(snapshot, found, problems);
    }

    public static IReadOnlyList<KeywordList>? Parse(string json, District district, Problems problems)
    {
        var (snapshot, found) = SettingsSnapshot.Parse("keywords.json", json, Sections(district));
        return Finish(snapshot, found, problems);
    }

    private static List<SettingsSection> Sections(District district) =>
    [
        SettingsSection.Of<IReadOnlyList<KeywordList>>("lists", [], (lists, _, problems) => KeywordValidator.Validate(lists, district, problems)),
    ];

    private static IReadOnlyList<KeywordList>? Finish(SettingsSnapshot? snapshot, IReadOnlyList<Problem> found, Problems problems)
    {
        foreach (var problem in found)
            problems.Add(problem.Path, problem.Message);
        return snapshot?.Get<IReadOnlyList<KeywordList>>();
    }
}
