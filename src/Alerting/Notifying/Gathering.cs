namespace ThreatWatch.Alerting.Notifying;

/// <summary>
/// Does for many at once what each asks for alone: what is asked while a batch is under way shares the next one, so that a thousand
/// messages cost dozens of statements and not thousands.
/// </summary>
/// <param name="run">Answers in the order of the items.</param>
internal sealed class Gathering<TItem, TAnswer>(Func<IReadOnlyList<TItem>, Task<IReadOnlyList<TAnswer>>> run)
{
    private readonly Lock _lock = new();
    private List<(TItem Item, TaskCompletionSource<TAnswer> Answer)> _waiting = [];
    private bool _isUnderWay;

    /// <summary>The answer to one item; where its batch failed, that failure.</summary>
    public Task<TAnswer> AskAsync(TItem item)
    {
        var answer = new TaskCompletionSource<TAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _waiting.Add((item, answer));
            if (!_isUnderWay)
            {
                _isUnderWay = true;
                // Behind everything that is ready to run: some of that will ask too.
                ThreadPool.QueueUserWorkItem(static gathering => _ = gathering.RunAsync(), this, preferLocal: false);
            }
        }

        return answer.Task;
    }

    private async Task RunAsync()
    {
        while (Next() is { } batch)
        {
            try
            {
                var answers = await run(batch.ConvertAll(pair => pair.Item));
                for (var i = 0; i < batch.Count; i++)
                    batch[i].Answer.SetResult(answers[i]);
            }
            catch (Exception exception)
            {
                batch.ForEach(pair => pair.Answer.TrySetException(exception));
            }
        }
    }

    private List<(TItem Item, TaskCompletionSource<TAnswer> Answer)>? Next()
    {
        lock (_lock)
        {
            if (_waiting.Count == 0)
            {
                _isUnderWay = false;
                return null;
            }

            var batch = _waiting;
            _waiting = [];
            return batch;
        }
    }
}
