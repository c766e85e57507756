namespace ThreatWatch.Classifier.Text;

/// <summary>A fixed map from 64-bit hashes to small values that answers without allocating: the lexicons are asked for every word.</summary>
internal sealed class HashIndex
{
    // Key and value lie side by side: an answer costs one visit to memory.
    private readonly (ulong Key, ulong Value)[] _entries;
    private readonly int _mask;

    public HashIndex(IReadOnlyDictionary<ulong, ulong> entries)
    {
        var size = 16;
        while (size < entries.Count * 3)
            size *= 2;
        _entries = new (ulong, ulong)[size];
        _mask = size - 1;
        foreach (var (key, value) in entries)
        {
            var slot = Slot(key);
            while (_entries[slot].Key != 0)
                slot = (slot + 1) & _mask;
            _entries[slot] = (key, value);
        }
    }

    /// <summary>The value under <paramref name="key"/>, or 0 when there is none (0 is never stored as a meaning).</summary>
    public ulong this[ulong key]
    {
        get
        {
            for (var slot = Slot(key); ; slot = (slot + 1) & _mask)
            {
                ref readonly var entry = ref _entries[slot];
                if (entry.Key == key || entry.Key == 0)
                    return entry.Value;
            }
        }
    }

    private int Slot(ulong key) => (int)(key ^ (key >> 29)) & _mask;
}
