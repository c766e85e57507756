using Microsoft.Extensions.DependencyInjection;
using ThreatWatch.Alerting.Notifying.Twilio;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Alerting.Notifying;

/// <summary>What "check --connect" tries for this role: a login at each provider, without a message to anybody.</summary>
internal static class ChannelChecks
{
    public static IEnumerable<ConnectionCheck> Of(SettingsSnapshot settings, IServiceProvider services)
    {
        if (settings.Get<AlertingOptions>().Twilio is { } twilio)
            yield return new ConnectionCheck("twilio", async token => Throw(await services.GetRequiredService<TwilioApi>().ProbeAsync(twilio, token)));
    }

    private static string Throw(string? fault) => fault is null ? "logged in" : throw new InvalidOperationException(fault);
}
