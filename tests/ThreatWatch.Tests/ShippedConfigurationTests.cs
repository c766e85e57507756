using System.Text.Encodings.Web;
using System.Text.Json;
using ThreatWatch.Cli.Verbs;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Tests;

public sealed class ShippedConfigurationTests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public void The_configuration_as_shipped_has_no_problem()
    {
        var (snapshot, problems) = SettingsSnapshot.Load(Path.Combine(Checkout(), "config", "threatwatch.json"), ConfigFile.Sections);
        Assert.Empty(problems);
        Assert.NotNull(snapshot);
    }

    [Fact]
    public void The_schema_as_shipped_is_what_check_prints() => Assert.Equal(
        SettingsSchema.Write(ConfigFile.Sections).ToJsonString(Indented).ReplaceLineEndings("\n").Trim(),
        File.ReadAllText(Path.Combine(Checkout(), "config", "threatwatch.schema.json")).ReplaceLineEndings("\n").Trim());

    private static string Checkout()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "ThreatWatch.sln")))
            folder = Path.GetDirectoryName(folder.TrimEnd(Path.DirectorySeparatorChar))!;
        return folder;
    }
}
