using Microsoft.Extensions.Logging;
using ThreatWatch.Alerting.Notifying.Http;

namespace ThreatWatch.Alerting.Watch;

/// <summary>Tells an outside monitor that all is well, as often as it expects to hear so.</summary>
public sealed partial class OutgoingPing(ProviderHttp http, TimeProvider time, ILogger<OutgoingPing> logger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private DateTimeOffset? _heardAt;

    /// <summary>Pings where it is time to; a ping that failed is tried again at the next call.</summary>
    public async Task RunAsync(PingOptions options, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (now - _heardAt < options.Every)
            return;
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(options.Url.Reveal()));
        var answer = await http.SendAsync(request, Patience, cancellationToken);
        if (answer.IsSuccess)
            _heardAt = now;
        else
            LogUnheard(answer.Failure ?? $"answers {answer.Status}");
    }

    [LoggerMessage(LogLevel.Warning, "The monitor of \"alerting.watch.ping\" {Why}")]
    private partial void LogUnheard(string why);
}
