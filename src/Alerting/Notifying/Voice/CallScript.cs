using System.Xml.Linq;
using ThreatWatch.Core;

namespace ThreatWatch.Alerting.Notifying.Voice;

/// <summary>What is said in a call and what a key does, in TwiML. No word of the post is read out: who picks up is not known.</summary>
internal static class CallScript
{
    // Whoever was asleep hears the beginning only the second time.
    private const int Times = 3;

    // Half a minute of speech.
    private const int MostForOperators = 400;

    /// <summary>The call's opening.</summary>
    /// <param name="answerUrl">Where the key is told; null where Twilio can't reach us, and then nothing is asked.</param>
    public static string Open(OutgoingMessage message, Uri? answerUrl, string language)
    {
        var words = Words(message, asks: answerUrl is not null && message.AcknowledgeUrl is not null);
        XElement[] said = [.. Enumerable.Repeat(words, Times).SelectMany(text => new[] { Say(text, language), new XElement("Pause", new XAttribute("length", 1)) })];
        return answerUrl is null || message.AcknowledgeUrl is null
            ? Respond([.. said])
            : Respond(Gather(answerUrl, said), Say("Nobody has it yet. The next person is told.", language));
    }

    /// <summary>A call that belongs to no alert and asks for no key.</summary>
    public static string Tell(OperatorMessage message, string language) =>
        Respond([.. Enumerable.Repeat(message.InOneLine(MostForOperators), Times).SelectMany(text => new[] { Say(text, language), new XElement("Pause", new XAttribute("length", 1)) })]);

    /// <summary>After a key.</summary>
    public static string Answer(string words, string language) => Respond(Say(words, language), new XElement("Hangup"));

    /// <summary>After a key that means nothing.</summary>
    public static string Again(Uri answerUrl, string language) =>
        Respond(Gather(answerUrl, Say("Press 1 if you have it.", language)), Say("Nobody has it yet.", language));

    private static string Words(OutgoingMessage message, bool asks)
    {
        var alert = message.Brief.Alert;
        if (message.Notification.Reason == NotificationReason.Acknowledged)
            return Taken(message.Brief);
        var elements = Headline.Elements(message.Brief);
        var drill = alert.IsDrill ? "This is a drill. " : "";
        return $"{drill}ThreatWatch of {message.Brief.DistrictName}. {alert.Level} {Headline.Kind(alert.Category)}: {message.Brief.SchoolName}. "
            + (elements.Length > 0 ? $"The post names {elements}. " : "")
            + (message.Notification.Reason == NotificationReason.Escalation ? "Nobody has it yet. " : "")
            + (message.Brief.PostGoneSinceAt is null ? "" : "The post is gone from its address. ")
            + drill
            + (asks ? "Press 1 if you have it." : "Open your messages or the console.");
    }

    private static string Taken(AlertBrief brief)
    {
        var alert = brief.Alert;
        var holder = brief.HolderName ?? "Somebody";
        return $"{(alert.IsDrill ? "This is a drill. " : "")}ThreatWatch of {brief.DistrictName}. {brief.SchoolName}: {holder} "
            + (alert.ClosedAt is null ? "has the " : "took the ")
            + $"{alert.Level} {Headline.Kind(alert.Category)} of which you were called"
            + (alert.ClosedAt is null ? ". You need not act unless you are called." : ", and it is closed. You need not act.");
    }

    private static XElement Gather(Uri answerUrl, params XElement[] said) => new(
        "Gather", new XAttribute("numDigits", 1), new XAttribute("timeout", 8), new XAttribute("method", "POST"), new XAttribute("action", answerUrl.AbsoluteUri), said);

    private static XElement Say(string text, string language) => new("Say", new XAttribute("language", language), text);

    private static string Respond(params XElement[] verbs) => new XElement("Response", verbs).ToString(SaveOptions.DisableFormatting);
}
