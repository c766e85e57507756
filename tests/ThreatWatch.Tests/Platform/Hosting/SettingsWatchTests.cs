using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Tests.Platform.Hosting;

public sealed class SettingsWatchTests : IDisposable
{
    private static readonly IReadOnlyList<SettingsSection> Sections =
        [SettingsSection.Of("garden", new SettingsTests.Garden(), (_, _, _) => { })];

    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void A_good_edit_comes_into_force_and_a_bad_one_keeps_the_old()
    {
        File.WriteAllText(_file, """{ "garden": { "beds": 2 } }""");
        var settings = new Settings(SettingsSnapshot.Load(_file, Sections).Snapshot!, Sections);
        using var watch = new SettingsWatchWorker(settings, new FakeTimeProvider(), NullLogger<SettingsWatchWorker>.Instance);
        var told = new List<int>();
        settings.Changed += snapshot => told.Add(snapshot.Get<SettingsTests.Garden>().Beds);
        Assert.False(watch.RunOnce());

        File.WriteAllText(_file, """{ "garden": { "beds": 3 } }""");
        Assert.True(watch.RunOnce());
        File.WriteAllText(_file, """{ "garden": { "beds": "three" } }""");
        Assert.False(watch.RunOnce());
        File.Delete(_file);
        Assert.False(watch.RunOnce());
        Assert.Equal(3, settings.Get<SettingsTests.Garden>().Beds);

        File.WriteAllText(_file, """{ "garden": { "beds": 5 } }""");
        Assert.True(watch.RunOnce());
        Assert.Equal([3, 5], told);
    }
}
