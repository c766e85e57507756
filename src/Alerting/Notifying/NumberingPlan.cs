using PhoneNumbers;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Alerting.Notifying;

/// <summary>Finds numbers that no phone can have: one digit left out, and a person would be out of reach without anybody noticing.</summary>
internal static class NumberingPlan
{
    private static readonly PhoneNumberUtil Plans = PhoneNumberUtil.GetInstance();

    /// <summary>What is wrong with a number; null where it is international and its length fits its country.</summary>
    public static string? Fault(string number)
    {
        if (!number.StartsWith('+'))
            return "must be an international number such as \"+15555550123\"";
        try
        {
            var parsed = Plans.Parse(number, null);
            return Plans.IsPossibleNumberWithReason(parsed) switch
            {
                PhoneNumberUtil.ValidationResult.IS_POSSIBLE => null,
                PhoneNumberUtil.ValidationResult.TOO_SHORT => "has too few digits for its country",
                PhoneNumberUtil.ValidationResult.TOO_LONG => "has too many digits for its country",
                PhoneNumberUtil.ValidationResult.INVALID_COUNTRY_CODE => "begins with no country's code",
                _ => "has a length that its country does not use",
            };
        }
        catch (NumberParseException)
        {
            return "must be an international number such as \"+15555550123\"";
        }
    }

    /// <summary>The same for the people of the district.</summary>
    public static void Validate(District district, Problems problems)
    {
        foreach (var officer in district.Officers)
        {
            foreach (var (number, key) in new[] { (officer.Sms, "sms"), (officer.Voice, "voice") })
            {
                if (number is not null && Fault(number) is { } fault)
                    problems.Add("", $"the \"{key}\" number of \"{officer.Id}\" {fault}");
            }
        }
    }
}
