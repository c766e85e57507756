namespace ThreatWatch.Classifier.Text;

/// <summary>A fixed map from 64-bit hashes to small values that answers without allocating: the lexicons are asked for every word.</summary>
internal sealed class HashIndex
{
    private readonly ulong[] _keys;
    private readonly ulong[] _values;
    private readonly int _mask;

    public HashIndex(IReadOnlyDictionary<ulong, ulong> entries)
    {
        var size = 16;
        while (size < entries.Count * 3)
            size *= 2;
        _keys = new ulong[size];
        _values = new ulong[size];
        _mask = size - 1;
        foreach (var (key, value) in entries)
        {
            var slot = Slot(key);
            while (_keys[slot] != 0)
                slot = (slot + 1) & _mask;
            _keys[slot] = key;
            _values[slot] = value;
        }
    }

    /// <summary>The value under <paramref name="key"/>, or 0 when there is none (0 is never stored as a meaning).</summary>
    public ulong this[ulong key]
    {
        get
        {
            for (var slot = Slot(key); _keys[slot] != 0; slot = (slot + 1) & _mask)
            {
                if (_keys[slot] == key)
                    return _values[slot];
            }

            return 0;
        }
    }

    public bool Contains(ulong key) => this[key] != 0;

    private int Slot(ulong key) => (int)(key ^ (key >> 29)) & _mask;
}
