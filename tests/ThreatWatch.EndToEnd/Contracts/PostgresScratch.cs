using ThreatWatch.EndToEnd.Machine;
using ThreatWatch.Platform.Storage;
using ThreatWatch.Tests.Contracts;

namespace ThreatWatch.EndToEnd.Contracts;

/// <summary>An empty database of the run's PostgreSQL, for one test.</summary>
internal static class PostgresScratch
{
    public static async Task<Scratch> OpenAsync(TestMachine machine)
    {
        var connection = await (await machine.DatabaseAsync()).NewDatabaseAsync();
        var opened = new List<Database>();
        Database Open()
        {
            var database = Database.Open(new StorageOptions { Provider = StorageProvider.PostgreSql, Connection = new(connection) }, ".");
            lock (opened)
                opened.Add(database);
            return database;
        }

        return new Scratch(Open(), Open, () =>
        {
            opened.ForEach(database => (database.Dialect as IDisposable)?.Dispose());
            return ValueTask.CompletedTask;
        });
    }
}
