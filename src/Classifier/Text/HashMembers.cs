namespace ThreatWatch.Classifier.Text;

/// <summary>
/// A fixed set of 64-bit hashes that is asked for every word of every post: it keeps half of each hash, so that it fits the nearer caches.
/// Another word passes for a member once in a thousand million.
/// </summary>
internal sealed class HashMembers
{
    private readonly uint[] _marks;
    private readonly int _mask;

    public HashMembers(IReadOnlyCollection<ulong> members)
    {
        var size = 16;
        while (size < members.Count * 2)
            size *= 2;
        _marks = new uint[size];
        _mask = size - 1;
        foreach (var member in members)
        {
            var slot = Slot(member);
            while (_marks[slot] != 0)
                slot = (slot + 1) & _mask;
            _marks[slot] = Mark(member);
        }
    }

    public bool Contains(ulong hash)
    {
        var mark = Mark(hash);
        for (var slot = Slot(hash); _marks[slot] != 0; slot = (slot + 1) & _mask)
        {
            if (_marks[slot] == mark)
                return true;
        }

        return false;
    }

    /// <summary>The upper half; 0 means that a place is empty.</summary>
    private static uint Mark(ulong hash) => Math.Max(1, (uint)(hash >> 32));

    private int Slot(ulong hash) => (int)hash & _mask;
}
