using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ThreatWatch.Alerting.Acknowledging;
using ThreatWatch.Alerting.Digest;
using ThreatWatch.Alerting.Drills;
using ThreatWatch.Alerting.Escalation;
using ThreatWatch.Alerting.Intake;
using ThreatWatch.Alerting.Notifying;
using ThreatWatch.Alerting.Notifying.Email;
using ThreatWatch.Alerting.Notifying.Email.Reports;
using ThreatWatch.Alerting.Rehearsing;
using ThreatWatch.Alerting.Routing;
using ThreatWatch.Alerting.Watch;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Alerting;

/// <summary>What the role brings into the process: its sections of the configuration, its services, its web addresses.</summary>
public static class AlertingRegistration
{
    public static IReadOnlyList<SettingsSection> Sections { get; } =
    [
        SettingsSection.Of<AlertingOptions>("alerting", new(), AlertingOptions.Validate),
    ];

    /// <summary>The role: services and workers.</summary>
    public static IServiceCollection AddAlerting(this IServiceCollection services)
    {
        services.AddAlertingServices();
        services.AddHostedService<AlertIntakeWorker>();
        services.AddHostedService<UnalertedSweepWorker>();
        services.AddHostedService<NotifyWorker>();
        services.AddHostedService<EscalationWorker>();
        services.AddHostedService<DutyCalendarWorker>();
        services.AddHostedService<DigestWorker>();
        services.AddHostedService<WatchWorker>();
        services.AddHostedService<RouteProbeWorker>();
        services.AddHostedService<DrillWorker>();
        services.AddHostedService<MailReportsWorker>();
        services.AddHostedService<RehearsalWorker>();
        return services;
    }

    /// <summary>The services without the workers, for verbs that only ask.</summary>
    public static IServiceCollection AddAlertingServices(this IServiceCollection services)
    {
        services.AddChannels();
        services.AddSingleton<ConnectionChecks>(MailChecks);
        services.AddSingleton<ConnectionChecks>(ChannelChecks.Of);
        services.AddAcknowledging();
        services.AddSingleton<DutyCalendars>();
        services.AddSingleton<EscalationPlanner>();
        services.AddSingleton<RouteTest>();
        services.AddSingleton<AlertIntake>();
        services.AddSingleton<BriefLoader>();
        services.AddSingleton<OutcomeBook>();
        services.AddSingleton<OperatorLine>();
        services.AddSingleton<OwnTroubles>();
        services.AddSingleton<OutgoingPing>();
        return services;
    }

    /// <summary>What the pages behind the links in messages need; for a process that serves them without sending anything, too.</summary>
    public static IServiceCollection AddAcknowledging(this IServiceCollection services)
    {
        services.TryAddSingleton<AcknowledgeLinks>();
        services.TryAddSingleton<AcknowledgePages>();
        services.TryAddSingleton<ResponseText>(provider => (category, level) =>
            GuidanceText.For(provider.GetRequiredService<Settings>().Get<AlertingOptions>().Guidance, category, level));
        services.AddChannels();
        // A text message where there is a number for it: it can be read again, and wakes nobody a second time.
        services.TryAddSingleton<AfterCall>(provider => id =>
            provider.GetRequiredService<Settings>().Get<District>().FindOfficer(id) is { } officer
            && provider.GetServices<INotifier>().Any(notifier => notifier.Channel == Channel.Sms && notifier.CanReach(officer))
                ? Channel.Sms
                : Channel.Voice);
        return services;
    }

    public static IEndpointRouteBuilder MapAlerting(this IEndpointRouteBuilder routes)
    {
        AcknowledgePages.Map(routes);
        routes.MapChannels();
        return routes;
    }

    private static IEnumerable<ConnectionCheck> MailChecks(SettingsSnapshot settings, IServiceProvider services)
    {
        var email = settings.Get<AlertingOptions>().Email;
        if (email.Reports is { } reports)
        {
            yield return new ConnectionCheck($"imap {reports.Host}:{reports.EffectivePort}", async token =>
            {
                using var mailbox = new ReportMailbox(services.GetRequiredService<MailTokens>(), services.GetRequiredService<TimeProvider>());
                await mailbox.ProbeAsync(reports.WithLogin(email.Smtp), settings.Folder, token);
                return $"connected, logged in and {reports.Folder} opened";
            });
        }

        if (email.Smtp is not { } smtp)
            yield break;
        yield return new ConnectionCheck($"smtp {smtp.Host}:{smtp.EffectivePort}", async token =>
            await services.GetRequiredService<SmtpPool>().ProbeAsync(smtp, settings.Folder, token) is { } problem ? throw new InvalidOperationException(problem) : "connected and logged in");
    }
}
