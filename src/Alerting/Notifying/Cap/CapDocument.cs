using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using ThreatWatch.Alerting.Notifying.Email;
using ThreatWatch.Core;

namespace ThreatWatch.Alerting.Notifying.Cap;

/// <summary>
/// Writes an alert in the Common Alerting Protocol 1.2 of OASIS: the order of elements and the words are the standard's. Private,
/// since it is for one partner, and never with words of the post.
/// </summary>
internal static class CapDocument
{
    public const string Namespace = "urn:oasis:names:tc:emergency:cap:1.2";
    private const int LongestHeadline = 160;
    private static readonly XNamespace Cap = Namespace;

    /// <summary>The document, UTF-8.</summary>
    /// <param name="sentAt">Also part of what a later update refers to.</param>
    public static byte[] Write(OutgoingMessage message, CapOptions options, DateTimeOffset sentAt)
    {
        var (row, brief, alert) = (message.Notification, message.Brief, message.Brief.Alert);
        var document = new XElement(
            Cap + "alert",
            E("identifier", row.Id),
            E("sender", options.Sender),
            E("sent", At(sentAt, brief.Zone)),
            E("status", alert.IsDrill ? "Exercise" : "Actual"),
            E("msgType", message.EarlierIds.Count > 0 ? "Update" : "Alert"),
            E("scope", "Private"),
            E("addresses", row.OfficerId),
            alert.IsDrill ? E("note", "DRILL: the post is made up.") : null,
            message.EarlierIds.Count > 0 ? E("references", string.Join(' ', message.EarlierIds)) : null,
            E("incidents", alert.Id),
            Info(message, options, sentAt));
        using var stream = new MemoryStream();
        using (var writer = XmlWriter.Create(stream, new XmlWriterSettings { Encoding = new UTF8Encoding(false), CheckCharacters = true }))
            document.Save(writer);
        return stream.ToArray();
    }

    /// <summary>"sender,identifier,sent", by which later messages refer to this one.</summary>
    public static string Reference(OutgoingMessage message, CapOptions options, DateTimeOffset sentAt) =>
        $"{options.Sender},{message.Notification.Id},{At(sentAt, message.Brief.Zone)}";

    /// <summary>Without fractions, and UTC as "-00:00": the standard knows no "Z".</summary>
    internal static string At(DateTimeOffset at, TimeZoneInfo zone)
    {
        var text = TimeZoneInfo.ConvertTime(at, zone).ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);
        return text.EndsWith("+00:00", StringComparison.Ordinal) ? text[..^6] + "-00:00" : text;
    }

    private static XElement Info(OutgoingMessage message, CapOptions options, DateTimeOffset sentAt)
    {
        var (brief, alert) = (message.Brief, message.Brief.Alert);
        var critical = alert.Level == RiskLevel.Critical;
        var headline = Headline.For(message);
        var url = options.PostUrl && brief.Post is { Text: not null } post ? Facts.SafeUrl(post) : null;
        return new XElement(
            Cap + "info",
            E("language", "en-US"),
            E("category", alert.Category == Category.SelfHarm ? "Health" : "Security"),
            E("event", alert.Category == Category.SelfHarm ? "Self-harm risk, school" : "Threat against a school"),
            E("responseType", "Assess"),
            E("urgency", critical ? "Immediate" : "Expected"),
            E("severity", critical ? "Severe" : "Moderate"),
            // A public post, read by rule and model: people have yet to judge it.
            E("certainty", "Possible"),
            E("effective", At(sentAt, brief.Zone)),
            E("expires", At(sentAt + options.ValidFor, brief.Zone)),
            E("senderName", brief.DistrictName),
            E("headline", headline.Length > LongestHeadline ? headline[..(LongestHeadline - 3)] + "..." : headline),
            E("description", Description(message)),
            E("instruction", string.Join('\n', brief.Guidance)),
            url is null ? null : E("web", url.AbsoluteUri),
            Parameter("threatwatch:level", alert.Level.ToString()),
            Parameter("threatwatch:posts", alert.PostCount.ToString(CultureInfo.InvariantCulture)),
            new XElement(Cap + "area", E("areaDesc", brief.SchoolName)));
    }

    private static string Description(OutgoingMessage message)
    {
        var brief = message.Brief;
        var elements = Headline.Elements(brief);
        return $"{Facts.Opened(brief)}. {Headline.Counts(brief.Alert)}."
            + (elements.Length > 0 ? $" The post names {elements}." : "")
            + (Facts.Holder(message) is { } holder ? $" {holder}" : " Nobody at the district has it yet.");
    }

    private static XElement Parameter(string name, string value) => new(Cap + "parameter", E("valueName", name), E("value", value));

    private static XElement E(string name, string value) => new(Cap + name, Facts.Clean(Whole(value)));

    // A name with half of a pair in it, or one that was cut there, must not cost the message: XML knows no half.
    private static string Whole(string text) => string.Concat(text.EnumerateRunes().Where(rune => rune.Value is not (0xFFFE or 0xFFFF)));
}
