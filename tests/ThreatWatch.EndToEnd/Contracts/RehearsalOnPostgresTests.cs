using ThreatWatch.Alerting.Rehearsing;
using ThreatWatch.EndToEnd.Machine;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.EndToEnd.Contracts;

/// <summary>A rehearsal on the real server leaves the real tables as they were, and nothing behind.</summary>
public sealed class RehearsalOnPostgresTests(TestMachine machine) : IDisposable
{
    private const string Schemas = "select count(*) from pg_namespace where nspname like 'threatwatch_rehearsal_%'";
    private const string Made = "select (select count(*) from posts) + (select count(*) from alerts) + (select count(*) from notifications) + (select count(*) from audit)";
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory();

    public void Dispose() => _root.Delete(true);

    [Fact]
    public async Task It_runs_in_a_schema_of_its_own_and_removes_it_and_those_that_killed_processes_left()
    {
        var options = await OptionsAsync("");
        var database = Database.Open(options, ".");
        using var dialect = (IDisposable)database.Dialect;
        database.Dialect.Migrate();
        await database.ExecuteAsync("create schema threatwatch_rehearsal_1000000000_00ff", default);
        await database.ExecuteAsync($"create schema threatwatch_rehearsal_{TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()}_00ff", default);

        var sent = await Rehearsal.RunAsync(_root.FullName, options, TimeProvider.System, TestContext.Current.CancellationToken);

        Assert.Equal((2 * 151) + 2, sent);
        Assert.Equal(0, await database.CountAsync(Made, default));
        // Another process's, which may still be in it.
        Assert.Equal(1, await database.CountAsync(Schemas, default));
    }

    [Fact]
    public async Task A_user_who_may_make_no_schema_rehearses_on_a_file()
    {
        var owner = Database.Open(await OptionsAsync(""), ".");
        using var dialect = (IDisposable)owner.Dialect;
        await owner.ExecuteAsync("create role reader login", default);
        var options = await OptionsAsync(";Username=reader");

        Assert.Equal((2 * 151) + 2, await Rehearsal.RunAsync(_root.FullName, options, TimeProvider.System, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Where_the_server_takes_no_notice_of_the_schema_nothing_is_written()
    {
        var real = await OptionsAsync("");
        var owner = Database.Open(real, ".");
        using var dialect = (IDisposable)owner.Dialect;
        owner.Dialect.Migrate();
        await using var schema = await ScratchSchema.CreateAsync(real, TimeProvider.System, default);
        Assert.NotNull(schema);
        var scratch = Database.Open(schema.Options, ".");
        using var other = (IDisposable)scratch.Dialect;
        // What a pooler's server connection would be in.
        await owner.ExecuteAsync($"drop schema {await owner.QueryAsync("select nspname from pg_namespace where nspname like 'threatwatch_rehearsal_%'", reader => reader.GetString(0), default) switch { [var name] => name, _ => "" }}", default);

        await Assert.ThrowsAsync<InvalidOperationException>(() => scratch.CountAsync("select 1", default));
    }

    private async Task<StorageOptions> OptionsAsync(string more) => new()
    {
        Provider = StorageProvider.PostgreSql, Connection = new(await (await machine.DatabaseAsync()).NewDatabaseAsync() + more),
    };
}
