using ThreatWatch.Cli.Verbs;
using ThreatWatch.EndToEnd.Machine;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Queue;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.EndToEnd.Packaging;

/// <summary>The scaled-out way that docker-compose.yml shows fits the product.</summary>
public sealed class ComposeTests
{
    private static readonly string Compose = File.ReadAllText(Path.Combine(TestMachine.Checkout, "docker-compose.yml"));

    [Fact]
    public void Its_configuration_is_valid_and_names_the_broker_and_the_database_of_the_file()
    {
        var (snapshot, problems) = SettingsSnapshot.Load(Path.Combine(TestMachine.Checkout, "config", "threatwatch.compose.json"), ConfigFile.Sections);

        Assert.Empty(problems);
        var queue = snapshot!.Get<QueueOptions>();
        var storage = snapshot.Get<StorageOptions>();
        Assert.Equal((QueueProvider.RabbitMq, StorageProvider.PostgreSql), (queue.Provider, storage.Provider));
        Assert.Equal("rabbitmq", new Uri(queue.Uri.Reveal()).Host);
        Assert.Contains("Host=postgres;", storage.Connection.Reveal(), StringComparison.Ordinal);
        foreach (var service in new[] { "rabbitmq", "postgres", "mailpit" })
            Assert.Contains($"\n  {service}:\n", Compose, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_role_runs_in_a_container_of_its_own()
    {
        foreach (var role in Roles.All)
        {
            Assert.Contains(
                $"\n  {role}:\n    <<: *threatwatch\n    command: [\"run\", \"{role}\", \"--config\", \"/threatwatch/config/threatwatch.compose.json\"]\n",
                Compose,
                StringComparison.Ordinal);
        }
    }
}
