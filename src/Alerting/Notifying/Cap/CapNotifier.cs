using System.Net.Http.Headers;
using ThreatWatch.Alerting.Notifying.Webhooks;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Alerting.Notifying.Cap;

/// <summary>Alerts to partners such as dispatch centres, in the Common Alerting Protocol.</summary>
public sealed class CapNotifier(Settings settings, WebhookSender sender) : INotifier
{
    private const int PerSecond = 5;

    public Channel Channel => Channel.Cap;

    public int Concurrency => 4;

    public bool CanReach(Officer officer) => Find(officer) is not null;

    public async Task<SendOutcome> SendAsync(OutgoingMessage message, CancellationToken cancellationToken)
    {
        if (Find(message.To) is not { } partner)
            return new SendOutcome.Rejected("no partner is set up for the person");
        // The same at each attempt, so that a document that comes twice is the same one twice.
        var sentAt = message.Notification.QueuedAt;
        using var request = new HttpRequestMessage(HttpMethod.Post, partner.Url.Reveal())
        {
            Content = new ByteArrayContent(CapDocument.Write(message, partner, sentAt)),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/cap+xml", "utf-8");
        foreach (var (name, value) in partner.Headers)
            request.Headers.TryAddWithoutValidation(name, value.Reveal());
        return await sender.SendAsync(message, "the partner's system", PerSecond, request, CapDocument.Reference(message, partner, sentAt), cancellationToken);
    }

    private CapOptions? Find(Officer officer) => settings.Get<AlertingOptions>().Cap.FirstOrDefault(partner => partner.Officer == officer.Id);
}
