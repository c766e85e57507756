using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ThreatWatch.Alerting.Notifying.Cap;
using ThreatWatch.Alerting.Notifying.Email;
using ThreatWatch.Alerting.Notifying.Http;
using ThreatWatch.Alerting.Notifying.Sms;
using ThreatWatch.Alerting.Notifying.Twilio;
using ThreatWatch.Alerting.Notifying.Voice;
using ThreatWatch.Alerting.Notifying.Webhooks;

namespace ThreatWatch.Alerting.Notifying;

/// <summary>
/// The channels and what providers call back. Registered once however often it is asked for: the process that people's phones and
/// providers reach may send nothing itself, yet must know which channel takes over from one that failed.
/// </summary>
internal static class ChannelRegistration
{
    public static IServiceCollection AddChannels(this IServiceCollection services)
    {
        services.TryAddSingleton<ProviderHttp>();
        services.TryAddSingleton<ProviderPace>();
        services.TryAddSingleton<MailTokens>();
        services.TryAddSingleton<SmtpPool>();
        services.TryAddSingleton<TwilioApi>();
        services.TryAddSingleton<Gateway>();
        services.TryAddSingleton<ReceiptLinks>();
        services.TryAddSingleton<LastLook>();
        services.TryAddSingleton<EmailNotifier>();
        services.TryAddSingleton<SmsNotifier>();
        services.TryAddSingleton<WebhookSender>();
        // One line a channel; each implements INotifier and nothing else needs to know it. The first that reaches a person is the usual one.
        services.TryAddEnumerable(ServiceDescriptor.Singleton<INotifier, EmailNotifier>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<INotifier, SmsNotifier>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<INotifier, VoiceNotifier>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<INotifier, SlackNotifier>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<INotifier, TeamsNotifier>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<INotifier, WebhookNotifier>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<INotifier, CapNotifier>());
        services.TryAddSingleton<DueSignal>();
        services.TryAddSingleton<FallBack>();
        services.TryAddSingleton<Receipts>();
        services.TryAddSingleton<Replies>();
        services.TryAddSingleton<KeyPresses>();
        services.TryAddSingleton<TwilioCallbacks>();
        services.TryAddSingleton<GatewayCallbacks>();
        return services;
    }

    public static void MapChannels(this IEndpointRouteBuilder routes)
    {
        TwilioCallbacks.Map(routes);
        GatewayCallbacks.Map(routes);
    }
}
