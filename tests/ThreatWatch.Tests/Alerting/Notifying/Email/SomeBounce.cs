namespace ThreatWatch.Tests.Alerting.Notifying.Email;

/// <summary>Bounces in free words, in the forms that mail systems give them.</summary>
internal static class SomeBounce
{
    /// <summary>Postfix, its report stripped of the part for machines on the way.</summary>
    public static string Postfix(string messageId) => $"""
        Return-Path: <>
        From: MAILER-DAEMON@mx.maplevalley.example (Mail Delivery System)
        To: alerts@maplevalley.example
        Subject: Undelivered Mail Returned to Sender
        Auto-Submitted: auto-replied
        MIME-Version: 1.0
        Content-Type: multipart/mixed; boundary="b1"

        --b1
        Content-Type: text/plain; charset=us-ascii

        This is the mail system at host mx.maplevalley.example.

        Your message was not handed over to one of its recipients. It is attached
        below.

        <ortega@maplevalley.example>: host mail.maplevalley.example[192.0.2.7] said: 550
            5.1.1 <ortega@maplevalley.example>: Recipient address rejected: User unknown

        --b1
        Content-Type: message/rfc822

        {Ours(messageId)}
        --b1--
        """;

    /// <summary>Exim, with a copy of the mail in the same text.</summary>
    public static string Exim(string messageId) => $"""
        Return-path: <>
        X-Failed-Recipients: ortega@maplevalley.example
        Auto-Submitted: auto-replied
        From: Mail Delivery System <Mailer-Daemon@relay.example>
        To: alerts@maplevalley.example
        Subject: Mail delivery failed: returning message to sender
        MIME-Version: 1.0
        Content-Type: text/plain; charset=us-ascii

        Mail delivery software made this message by itself.

        A message of yours could not be delivered to:

          ortega@maplevalley.example
            SMTP error from remote mail server after RCPT TO:<ortega@maplevalley.example>:
            550-5.1.1 no mailbox here by that name

        ------ This is a copy of your message, including all the headers. ------

        {Ours(messageId)}
        """;

    /// <summary>Exchange: the thread says which mail it was; the words for administrators follow.</summary>
    public static string Exchange(string messageId) => $"""
        From: Microsoft Outlook <MicrosoftExchange0123456789abcdef0123456789abcdef@maplevalley.example>
        To: <alerts@maplevalley.example>
        Subject: Undeliverable: HIGH threat - Cedar Ridge High School
        In-Reply-To: {messageId}
        References: <alert.k7q2-m9dx@maplevalley.example> {messageId}
        MIME-Version: 1.0
        Content-Type: text/html; charset="utf-8"

        <html><body><p><b>Delivery has failed to these recipients or groups:</b></p>
        <p>Ortega</p><p>The recipient's mailbox is full and can't accept messages now.</p>
        <p>Diagnostic information for administrators:</p></body></html>
        """;

    /// <summary>Gmail.</summary>
    public static string Gmail(string messageId) => $"""
        Return-Path: <>
        X-Failed-Recipients: ortega@maplevalley.example
        From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>
        To: alerts@maplevalley.example
        Auto-Submitted: auto-replied
        Subject: Delivery Status Notification (Failure)
        In-Reply-To: {messageId}
        References: {messageId}
        MIME-Version: 1.0
        Content-Type: text/plain; charset="UTF-8"

        ** Address not found **

        Your message wasn't delivered to ortega@maplevalley.example because the address
        is unknown or takes no mail.
        """;

    /// <summary>A mail system that writes another language; the code says enough.</summary>
    public static string Spanish(string messageId) => $"""
        From: postmaster@correo.example
        To: alerts@maplevalley.example
        Subject: Correo devuelto
        MIME-Version: 1.0
        Content-Type: text/plain; charset=us-ascii

        El buzon del destinatario esta lleno (452 4.2.2).

        Message-ID: {messageId}
        Subject: HIGH threat
        """;

    /// <summary>No bounce: somebody is on holiday. Such answers bear the marks of a machine too.</summary>
    public static string Holiday(string messageId) => $"""
        Return-Path: <>
        From: ortega@maplevalley.example
        To: alerts@maplevalley.example
        Subject: Automatic reply: HIGH threat
        Auto-Submitted: auto-replied
        In-Reply-To: {messageId}
        MIME-Version: 1.0
        Content-Type: text/plain

        I am away, and my mailbox is full. Undeliverable mail goes to the desk. 5.1.1
        """;

    /// <summary>No bounce: a mail system says that all went well.</summary>
    public static string Success(string messageId) => $"""
        From: Mail Delivery System <mailer-daemon@mx.example>
        To: alerts@maplevalley.example
        Subject: Successful Mail Delivery Report
        In-Reply-To: {messageId}
        MIME-Version: 1.0
        Content-Type: text/plain

        Your message was handed over to ortega@maplevalley.example: 250 2.0.0 taken. What follows is what you wrote.

        Message-ID: {messageId}
        Subject: a pupil writes that the mailbox is full of 5.1.1 and undeliverable
        """;

    /// <summary>No bounce of ours: nothing says which mail it was.</summary>
    public static string Nameless() => """
        From: Mail Delivery System <mailer-daemon@mx.example>
        To: alerts@maplevalley.example
        Subject: failure notice
        MIME-Version: 1.0
        Content-Type: text/plain

        <ortega@maplevalley.example>: 550 5.1.1 no such user
        """;

    private static string Ours(string messageId) => $"""
        Received: from watch.maplevalley.example by mx.maplevalley.example; Tue, 24 Nov 2026 07:40:01 -0600
        From: alerts@maplevalley.example
        To: ortega@maplevalley.example
        Subject: HIGH threat - Cedar Ridge High School
        Message-Id: {messageId}

        words that were delayed
        """;
}
