using ThreatWatch.Alerting.Rehearsing;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Tests.Alerting.Rehearsing;

public sealed class RehearsalTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory();

    public void Dispose() => _root.Delete(true);

    [Fact]
    public async Task A_rehearsal_sends_every_message_to_itself_and_leaves_nothing_behind_not_even_what_one_that_was_killed_left()
    {
        _root.CreateSubdirectory("threatwatch-rehearsal-old").LastWriteTimeUtc = DateTime.UnixEpoch;
        var young = _root.CreateSubdirectory("threatwatch-rehearsal-young");
        // Each alert by e-mail and text message; then those who were told of one hear who has it.
        Assert.Equal((2 * 151) + 2, await Rehearsal.RunAsync(_root.FullName, new StorageOptions(), TimeProvider.System, TestContext.Current.CancellationToken));
        Assert.Equal([young.Name], _root.EnumerateFileSystemInfos().Select(entry => entry.Name));
    }
}
