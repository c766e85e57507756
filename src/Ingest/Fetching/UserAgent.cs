using System.Text;
using ThreatWatch.Core;

namespace ThreatWatch.Ingest.Fetching;

/// <summary>Says who we are and where to complain. A borrowed browser name would be a lie, and gets feeds refused besides.</summary>
internal static class UserAgent
{
    private static readonly string Product = $"ThreatWatch/{typeof(UserAgent).Assembly.GetName().Version?.ToString(2) ?? "0"}";

    /// <summary>Such as "ThreatWatch/0.1 (+https://district.example/contact)".</summary>
    public static string For(District district)
    {
        var contact = new StringBuilder();
        // A header's comment ends at a bracket and takes only visible ASCII.
        foreach (var letter in district.Contact)
        {
            if (letter is > ' ' and < (char)127 and not ('(' or ')' or '\\'))
                contact.Append(letter);
        }

        return contact.Length == 0 ? Product : $"{Product} (+{contact})";
    }
}
