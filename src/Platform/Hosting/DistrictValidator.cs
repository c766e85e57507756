using System.Net.Mail;
using System.Text.RegularExpressions;
using ThreatWatch.Core;

namespace ThreatWatch.Platform.Hosting;

/// <summary>Checks that schools and people fit together: a school whose officer is misspelt would be watched for nobody.</summary>
internal static partial class DistrictValidator
{
    public static void Validate(District district, Problems problems)
    {
        if (string.IsNullOrWhiteSpace(district.Name))
            problems.Add("name", "is needed: it stands in every message");
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(district.TimeZone, out _))
            problems.Add("timeZone", $"\"{district.TimeZone}\" is not a time zone of this machine; write an IANA name such as \"America/Chicago\"");
        if (district.Schools.Count == 0)
            problems.Add("schools", "at least one school is needed");
        if (district.Desk.Length == 0)
            problems.Add("desk", "is needed: the id of who takes what nobody else does");
        else
            CheckOfficer(district, district.Desk, problems, "desk");
        Unique(district.Schools.Select(school => school.Id), "schools", problems);
        Unique(district.Officers.Select(officer => officer.Id), "officers", problems);

        for (var i = 0; i < district.Schools.Count; i++)
        {
            var school = district.Schools[i];
            var at = problems.At("schools", i);
            CheckId(school.Id, at);
            if (school.Id == District.DeskSchoolId)
                at.Add("id", $"\"{District.DeskSchoolId}\" is taken: it stands for the whole district");
            if (string.IsNullOrWhiteSpace(school.Name))
                at.Add("name", "is needed: posts are matched by it");
            if (school.Officers.Count == 0)
                at.Add("officers", "at least one officer's id is needed");
            foreach (var (list, key) in new[] { (school.Officers, "officers"), (school.Backups, "backups"), (school.Counsellors, "counsellors") })
            {
                for (var k = 0; k < list.Count; k++)
                    CheckOfficer(district, list[k], at.At(key, k), "");
            }

            foreach (var (list, key) in new[] { (school.Aliases, "aliases"), (school.AmbiguousAliases, "ambiguousAliases"), (school.Handles, "handles"), (school.Mascots, "mascots") })
            {
                for (var k = 0; k < list.Count; k++)
                {
                    if (list[k].Count(char.IsLetterOrDigit) < 2)
                        at.At(key, k).Add("", "needs at least two letters: it would match everything");
                }
            }
        }

        for (var i = 0; i < district.Officers.Count; i++)
        {
            var officer = district.Officers[i];
            var at = problems.At("officers", i);
            CheckId(officer.Id, at);
            if (string.IsNullOrWhiteSpace(officer.Name))
                at.Add("name", "is needed");
            if (officer.Email is null && officer.Sms is null)
                at.Add("", "needs an email or an sms number: there is no way to tell this person");
            if (officer.Email is not null && !MailAddress.TryCreate(officer.Email, out _))
                at.Add("email", "is not an e-mail address");
            foreach (var (number, key) in new[] { (officer.Sms, "sms"), (officer.Voice, "voice") })
            {
                if (number is not null && !E164().IsMatch(number))
                    at.Add(key, "must be an international number such as \"+15555550123\"");
            }
        }
    }

    private static void CheckId(string id, Problems at)
    {
        if (!Id().IsMatch(id))
            at.Add("id", $"\"{id}\" must be 1 to 40 lower-case letters, digits or hyphens");
    }

    private static void CheckOfficer(District district, string id, Problems at, string key)
    {
        if (district.FindOfficer(id) is null)
            at.Add(key, $"no officer has the id \"{id}\"; known: {string.Join(", ", district.Officers.Select(officer => officer.Id))}");
    }

    private static void Unique(IEnumerable<string> ids, string list, Problems problems)
    {
        foreach (var twice in ids.GroupBy(id => id).Where(group => group.Count() > 1))
            problems.Add(list, $"the id \"{twice.Key}\" stands {twice.Count()} times");
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,39}$")]
    private static partial Regex Id();

    [GeneratedRegex(@"^\+[1-9][0-9]{6,14}$")]
    private static partial Regex E164();
}
