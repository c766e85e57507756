using Microsoft.Extensions.DependencyInjection;
using ThreatWatch.Core;
using ThreatWatch.Platform.Queue;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Platform.Hosting;

/// <summary>What every role shares: settings, database, queue, stores, heartbeats.</summary>
public static class PlatformRegistration
{
    /// <summary>The sections of the configuration that are the platform's.</summary>
    public static IReadOnlyList<SettingsSection> Sections { get; } =
    [
        SettingsSection.Of("district", new District(), (district, _, problems) => DistrictValidator.Validate(district, problems)),
        SettingsSection.Of("storage", new StorageOptions(), (options, _, problems) => StorageOptions.Validate(options, problems), reloads: false),
        SettingsSection.Of("queue", new QueueOptions(), (options, _, problems) => QueueOptions.Validate(options, problems), reloads: false),
        SettingsSection.Of("http", new HttpOptions(), (options, _, problems) => HttpOptions.Validate(options, problems), reloads: false),
        SettingsSection.Of("log", new LogOptions(), (_, _, _) => { }, reloads: false),
    ];

    public static IServiceCollection AddPlatform(this IServiceCollection services, Settings settings, Roles roles)
    {
        services.AddSingleton(settings);
        services.AddSingleton(roles);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(Database.Open(settings.Get<StorageOptions>(), settings.Current.Folder));
        services.AddSingleton(settings.Get<QueueOptions>());
        services.AddSingleton<Outbox>();
        services.AddSingleton<DeadLetters>();
        if (settings.Get<QueueOptions>().Provider == QueueProvider.RabbitMq)
        {
            services.AddSingleton<RabbitConnection>();
            services.AddSingleton<IMessageQueue, RabbitQueue>();
            services.AddHostedService<OutboxRelayWorker>();
            services.AddHostedService<BrokerDeadLettersWorker>();
        }
        else
        {
            services.AddSingleton<IMessageQueue, EmbeddedQueue>();
        }

        services.AddSingleton<MessagePump>();
        services.AddSingleton<PostStore>();
        services.AddSingleton<FamilyJournal>();
        services.AddSingleton<PostLinkStore>();
        services.AddSingleton<AuthorCheckStore>();
        services.AddSingleton<AssessmentStore>();
        services.AddSingleton<CursorStore>();
        services.AddSingleton<CounterStore>();
        services.AddSingleton<SourceStateStore>();
        services.AddSingleton<SourceRegisterStore>();
        services.AddSingleton<RetentionStore>();
        services.AddSingleton<LegalHoldStore>();
        services.AddSingleton<AuditLog>();
        services.AddSingleton<AlertStore>();
        services.AddSingleton<NotificationStore>();
        services.AddSingleton<AlertActions>();
        services.AddSingleton<SilenceStore>();
        services.AddSingleton<DigestStore>();
        services.AddSingleton<ChainStore>();
        services.AddSingleton<TroubleStore>();
        services.AddSingleton<DrillStore>();
        services.AddSingleton<SecondReadingStore>();
        services.AddSingleton<OutcomeStore>();
        services.AddSingleton<SharingStore>();
        services.AddSingleton<ReportStore>();
        services.AddHostedService<SettingsWatchWorker>();
        services.AddHostedService<HeartbeatWorker>();
        return services;
    }
}
