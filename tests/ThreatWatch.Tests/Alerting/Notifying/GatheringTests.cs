using ThreatWatch.Alerting.Notifying;

namespace ThreatWatch.Tests.Alerting.Notifying;

public sealed class GatheringTests
{
    private readonly List<int> _batches = [];
    private readonly TaskCompletionSource _began = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task What_is_asked_while_a_batch_is_under_way_shares_the_next_one_and_each_gets_its_own_answer()
    {
        var gathering = new Gathering<int, int>(RunAsync);
        var first = gathering.AskAsync(1);
        await _began.Task;
        var others = Enumerable.Range(2, 99).Select(gathering.AskAsync).ToList();
        _goOn.SetResult();
        Assert.Equal(10, await first);
        Assert.Equal(Enumerable.Range(2, 99).Select(item => 10 * item), await Task.WhenAll(others));
        Assert.Equal([1, 99], _batches);
    }

    [Fact]
    public async Task A_batch_that_fails_fails_for_all_who_asked_and_for_nobody_after_them()
    {
        var gathering = new Gathering<int, int>(RunAsync);
        var first = gathering.AskAsync(-1);
        await _began.Task;
        var second = gathering.AskAsync(2);
        _goOn.SetResult();
        Assert.Equal("-1", (await Assert.ThrowsAsync<InvalidOperationException>(() => first)).Message);
        Assert.Equal(20, await second);
    }

    private async Task<IReadOnlyList<int>> RunAsync(IReadOnlyList<int> items)
    {
        _batches.Add(items.Count);
        _began.TrySetResult();
        await _goOn.Task;
        return items.Any(item => item < 0) ? throw new InvalidOperationException($"{items[0]}") : [.. items.Select(item => 10 * item)];
    }
}
