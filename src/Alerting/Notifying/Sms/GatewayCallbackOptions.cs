using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Alerting.Notifying.Sms;

/// <summary>
/// How the provider reports what became of a message: it calls the address that stands for {receipt} in the request, which is signed for that
/// one message, or one fixed address. Fields are looked for in the query, a form or JSON ("data.status", "results.0.status"). Part "receipts" of "gateway".
/// </summary>
public sealed record GatewayReceiptOptions
{
    /// <summary>The field with the status.</summary>
    public string Status { get; init; } = "status";

    /// <summary>What it says of a message that arrived; capitals do not matter.</summary>
    public IReadOnlyList<string> Delivered { get; init; } = ["delivered"];

    /// <summary>What it says of one that will not.</summary>
    public IReadOnlyList<string> Failed { get; init; } = ["failed", "undelivered", "undeliverable", "rejected", "expired"];

    /// <summary>The field with our {id}, for a provider that calls PUBLICURL/gateway/receipt only; null where it calls {receipt}.</summary>
    public string? Id { get; init; }

    /// <summary>Proves the provider, 24 characters or more. Needed with "id"; may be given besides {receipt}.</summary>
    public Secret Secret { get; init; } = Secret.None;

    /// <summary>The header with the body's HMAC-SHA256 under the secret, hex or base64; without it the secret stands at the end of the address.</summary>
    public string? SignatureHeader { get; init; }

    internal static void Validate(GatewayReceiptOptions options, bool isNamed, HttpOptions http, Problems problems)
    {
        if (options.Status.Length == 0)
            problems.Add("status", "must be the name of a field");
        if (options.Delivered.Count + options.Failed.Count == 0)
            problems.Add("failed", "says nothing: neither \"delivered\" nor \"failed\" has a word");
        if (options.Id is null && !isNamed)
            problems.Add("", "nothing would call back: put {receipt} into the gateway's \"body\", \"url\" or \"headers\", or name the field \"id\"");
        GatewayReplyOptions.CheckProof(options.Secret, isNeeded: options.Id is not null || options.SignatureHeader is not null, http, problems);
    }
}

/// <summary>How the provider hands on what people answer: by POST to PUBLICURL/gateway/reply. Part "replies" of "gateway".</summary>
public sealed record GatewayReplyOptions
{
    /// <summary>The field with the sender's number, with or without "+".</summary>
    public string From { get; init; } = "from";

    /// <summary>The field with the text.</summary>
    public string Text { get; init; } = "text";

    /// <summary>Proves the provider, 24 characters or more.</summary>
    public Secret Secret { get; init; } = Secret.None;

    /// <summary>The header with the body's HMAC-SHA256 under the secret, hex or base64; without it the secret stands at the end of the address.</summary>
    public string? SignatureHeader { get; init; }

    internal static void Validate(GatewayReplyOptions options, HttpOptions http, Problems problems)
    {
        if (options.From.Length == 0)
            problems.Add("from", "must be the name of a field");
        if (options.Text.Length == 0)
            problems.Add("text", "must be the name of a field");
        CheckProof(options.Secret, isNeeded: true, http, problems);
    }

    internal static void CheckProof(Secret secret, bool isNeeded, HttpOptions http, Problems problems)
    {
        if ((isNeeded || !secret.IsEmpty) && (secret.Reveal().Length < 24 || secret.Reveal().Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_'))))
            problems.Add("secret", "is needed: 24 letters, digits, - and _ or more; best from a file");
        if (http.PublicUrl is null)
            problems.Add("", "needs \"http.publicUrl\", under which the provider reaches us");
    }
}
