using System.Globalization;

namespace ThreatWatch.Alerting.Notifying.Twilio;

/// <summary>Twilio's error codes in words for people. Its own texts quote the number, so that none of them is kept.</summary>
internal static class TwilioErrors
{
    private static readonly TimeSpan AfterOurMistake = TimeSpan.FromMinutes(1);

    // A matter of the account or the settings, not of this message: people mend it, and the message stays due.
    private static readonly HashSet<int> Ours =
        [20003, 20005, 20404, 21212, 21601, 21603, 21606, 21611, 21659, 21660, 21701, 21703, 21704, 30001, 30002, 30036];

    public static SendOutcome Read(int code, int status) => Ours.Contains(code)
        ? new SendOutcome.RetryLater(AfterOurMistake, Say(code))
        : code == 0 ? new SendOutcome.Rejected($"Twilio refuses the message ({status})") : new SendOutcome.Rejected(Say(code));

    /// <summary>Such as "the number has opted out by STOP (Twilio 21610)".</summary>
    public static string Say(int code)
    {
        var words = code switch
        {
            20003 => "Twilio refuses the login",
            20005 or 30002 => "the Twilio account is suspended",
            21211 or 21217 or 13224 => "the number is not valid",
            21214 or 21614 or 30006 => "the number can't receive this kind of message",
            21215 or 21408 => "the account may not send to this country",
            21212 or 21603 or 21606 or 21659 or 21660 or 21701 or 21703 or 21704 => "the configured sender can't be used",
            21608 => "a trial account may only send to verified numbers",
            21610 => "the number has opted out by STOP; it must send START to the sender",
            21612 => "there is no route from the sender to this number",
            21611 or 30001 => "the sender's queue is full",
            21617 => "the message is too long",
            30003 => "the phone is switched off or out of reach",
            30004 or 30007 => "the carrier or the phone blocks the message",
            30005 => "the number is unknown or no longer in use",
            30008 or 0 => "the carrier gives no reason",
            30036 => "the message waited too long in the sender's queue",
            30034 or 30035 => "the sender is not registered with the carriers (A2P 10DLC)",
            _ => "refused",
        };
        return string.Create(CultureInfo.InvariantCulture, $"{words} (Twilio {code})");
    }
}
