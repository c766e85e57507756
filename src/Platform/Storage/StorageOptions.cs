using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Platform.Storage;

/// <summary>Where the facts are kept. Section "storage" of the configuration.</summary>
public sealed record StorageOptions
{
    public StorageProvider Provider { get; init; } = StorageProvider.Sqlite;

    /// <summary>SQLite: the database's file, relative to the configuration's folder. One process only.</summary>
    public string Path { get; init; } = "../var/threatwatch.db";

    /// <summary>PostgreSQL: the connection string, "Host=...;Database=...;Username=...;Password=...".</summary>
    public Secret Connection { get; init; } = Secret.None;

    internal static void Validate(StorageOptions options, Problems problems)
    {
        if (options.Provider == StorageProvider.PostgreSql && options.Connection.IsEmpty)
            problems.Add("connection", "is needed with \"provider\": \"postgresql\"; best from a file: { \"file\": \"/run/secrets/threatwatch-db\" }");
        if (options.Provider == StorageProvider.Sqlite && string.IsNullOrWhiteSpace(options.Path))
            problems.Add("path", "is needed with \"provider\": \"sqlite\"");
    }
}

/// <summary>The two databases that one contract suite holds equal.</summary>
public enum StorageProvider
{
    Sqlite,
    PostgreSql,
}
