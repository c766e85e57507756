namespace ThreatWatch.Classifier.Model.Encoders;

/// <summary>Drops numbers at random in training (Srivastava et al. 2014), so that none is relied upon alone; a fixed seed gives the same choices.</summary>
internal sealed class Dropping(ulong seed)
{
    /// <summary>Of 256 numbers so many are dropped.</summary>
    private const int Dropped = 26;

    private const float Scale = 256f / (256 - Dropped);

    private ulong _state = (seed * 0x9E3779B97F4A7C15) | 1;

    /// <summary>Drops in place, and notes in <paramref name="keep"/> by what each number was multiplied.</summary>
    public void Drop(Span<float> values, Span<float> keep)
    {
        for (var at = 0; at < values.Length; at += 8)
        {
            _state ^= _state << 13;
            _state ^= _state >> 7;
            _state ^= _state << 17;
            for (var k = 0; k < 8; k++)
            {
                keep[at + k] = (byte)(_state >> (8 * k)) < Dropped ? 0 : Scale;
                values[at + k] *= keep[at + k];
            }
        }
    }
}
