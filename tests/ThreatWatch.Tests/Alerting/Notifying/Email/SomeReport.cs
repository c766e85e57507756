namespace ThreatWatch.Tests.Alerting.Notifying.Email;

/// <summary>Reports as mail servers and mail programs write them.</summary>
internal static class SomeReport
{
    /// <summary>A delivery status notification (RFC 3464).</summary>
    /// <param name="envelope">Null for servers that do not know it.</param>
    /// <param name="returned">"message/rfc822", "text/rfc822-headers", or null for servers that return nothing.</param>
    public static string Delivery(string action, string status, string? envelope, string? messageId, string? returned = "message/rfc822") => $"""
        Return-Path: <>
        From: Mail Delivery System <mailer-daemon@mail.example>
        To: alerts@maplevalley.example
        Subject: Delivery report
        Auto-Submitted: auto-replied
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

        --b1
        Content-Type: text/plain; charset=us-ascii

        Your message to ortega@maplevalley.example could not be handed over.

        --b1
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mail.example{(envelope is null ? "" : $"\nOriginal-Envelope-Id: {envelope}")}
        Arrival-Date: Tue, 24 Nov 2026 13:40:01 +0000

        Final-Recipient: rfc822; ortega@maplevalley.example
        Action: {action}
        Status: {status}
        Diagnostic-Code: smtp; 550 {status} <ortega@maplevalley.example>: no such mailbox

        {(returned is null ? "" : $"""
        --b1
        Content-Type: {returned}

        Message-Id: {messageId}
        Subject: HIGH threat
        From: alerts@maplevalley.example
        To: ortega@maplevalley.example

        {(returned == "message/rfc822" ? "words\n" : "")}
        """)}
        --b1--
        """;

    /// <summary>A read receipt (RFC 8098).</summary>
    public static string Receipt(string disposition, string messageId) => $"""
        From: ortega@maplevalley.example
        To: alerts@maplevalley.example
        Subject: Read: HIGH threat
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=disposition-notification; boundary="b1"

        --b1
        Content-Type: text/plain

        It was displayed.

        --b1
        Content-Type: message/disposition-notification

        Final-Recipient: rfc822; ortega@maplevalley.example
        Original-Message-ID: {messageId}
        Disposition: manual-action/MDN-sent-manually; {disposition}

        --b1--
        """;

    /// <summary>Somebody writes.</summary>
    public static string Letter(string subject) => $"""
        From: ortega@maplevalley.example
        To: alerts@maplevalley.example
        Subject: {subject}
        MIME-Version: 1.0
        Content-Type: text/plain

        550 5.1.1 user unknown
        """;
}
