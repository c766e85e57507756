using System.Text.RegularExpressions;
using MimeKit;

namespace ThreatWatch.Alerting.Notifying.Email.Reports;

/// <summary>
/// What a report says of one of our mails: a delivery status notification (RFC 3464), a read receipt (RFC 8098), or a bounce in free words
/// where it is certain which mail it speaks of.
/// </summary>
/// <param name="NotificationId">As we gave it to the mail server as envelope id; it is the left half of the Message-ID too.</param>
/// <param name="MessageId">Of our mail, with its brackets; null where the report does not return its headers.</param>
/// <param name="Why">Of a failure: codes alone, since servers quote addresses.</param>
internal sealed partial record MailReport(string NotificationId, string? MessageId, ReceiptKind Kind, string? Why)
{
    public static bool IsReport(HeaderList headers) =>
        headers[HeaderId.ContentType] is { } text && ContentType.TryParse(text, out var type) && type.IsMimeType("multipart", "report");

    /// <summary>Null where it says nothing that we can use.</summary>
    public static MailReport? Read(MimeMessage message)
    {
        if (message.Body is MultipartReport report)
        {
            if (report.OfType<MessageDeliveryStatus>().FirstOrDefault() is { } delivery)
                return OfDelivery(report, delivery);
            if (report.OfType<MessageDispositionNotification>().FirstOrDefault() is { } receipt)
                return OfReceipt(receipt);
        }

        return FreeBounce.Read(message);
    }

    private static MailReport? OfDelivery(MultipartReport report, MessageDeliveryStatus delivery)
    {
        var returned = Returned(report);
        // Each of our mails has one recipient; where a list made more of them, the worst counts.
        var groups = delivery.StatusGroups;
        var kinds = groups.Skip(1).Select(group => (Kind: KindOf(group["Action"]), Code: Code(group["Status"]))).Where(pair => pair.Kind is not null).ToList();
        if (kinds.Count == 0 || Id(groups[0]["Original-Envelope-Id"]) is not { } id && (id = Id(returned)) is null)
            return null;
        if (kinds.FindIndex(pair => pair.Kind == ReceiptKind.Failed) is >= 0 and var at)
            return new(id, returned, ReceiptKind.Failed, $"the mail came back{kinds[at].Code}");
        return new(id, returned, ReceiptKind.Delivered, null);
    }

    private static MailReport? OfReceipt(MessageDispositionNotification receipt)
    {
        var mail = receipt.Fields["Original-Message-ID"]?.Trim();
        var isOpened = receipt.Fields["Disposition"]?.Contains("displayed", StringComparison.OrdinalIgnoreCase) == true;
        return isOpened && Id(mail) is { } id ? new(id, mail, ReceiptKind.Opened, null) : null;
    }

    // "Delayed" comes after hours: whoever needs an alert by then needs another way. "Relayed" and "expanded" prove nothing.
    private static ReceiptKind? KindOf(string? action) => action?.Trim().ToLowerInvariant() switch
    {
        "failed" or "delayed" => ReceiptKind.Failed,
        "delivered" => ReceiptKind.Delivered,
        _ => null,
    };

    private static string Code(string? status) => status is not null && Status().Match(status) is { Success: true } match ? $" ({match.Value})" : "";

    // The mail itself or its headers alone.
    private static string? Returned(MultipartReport report) => report.Select(part => part switch
    {
        MessagePart { Message.MessageId: { } id } => $"<{id}>",
        TextPart { ContentType.MediaSubtype: "rfc822-headers", Text: { } text } when MessageIdLine().Match(text) is { Success: true } match => match.Groups[1].Value,
        _ => null,
    }).FirstOrDefault(id => id is not null);

    private static string? Id(string? text) => text is not null && NotificationIdPart().Match(text) is { Success: true } match ? match.Value : null;

    [GeneratedRegex(@"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")]
    private static partial Regex NotificationIdPart();

    [GeneratedRegex(@"\b[245]\.\d{1,3}\.\d{1,3}\b")]
    private static partial Regex Status();

    [GeneratedRegex(@"^Message-ID:\s*(<[^>\r\n]+>)", RegexOptions.IgnoreCase | RegexOptions.Multiline)]
    private static partial Regex MessageIdLine();
}
