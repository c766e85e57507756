using ThreatWatch.Classifier.Text;

namespace ThreatWatch.Classifier.Model.Networks;

/// <summary>Several networks that began from different numbers: their mean is steadier than each. They share one vocabulary.</summary>
internal sealed class Committee
{
    private readonly ulong[] _words;

    public Committee(ulong[] words, IReadOnlyList<NetworkParameters> members)
    {
        _words = words;
        Members = members;
        Matrices = [.. members.Select(member => new NetworkMatrices(member))];
        Vocabulary = VocabularyOf(words);
    }

    public HashIndex Vocabulary { get; }

    public IReadOnlyList<NetworkParameters> Members { get; }

    /// <summary>The members as they score.</summary>
    public IReadOnlyList<NetworkMatrices> Matrices { get; }

    public static HashIndex VocabularyOf(IReadOnlyList<ulong> words)
    {
        var numbers = new Dictionary<ulong, ulong>(words.Count);
        for (var i = 0; i < words.Count; i++)
            numbers[words[i]] = (ulong)i + 1;
        return new HashIndex(numbers);
    }

    public void Write(BinaryWriter writer)
    {
        writer.Write(_words.Length);
        foreach (var word in _words)
            writer.Write(word);
        writer.Write(Members.Count);
        foreach (var member in Members)
            NetworkFile.Write(writer, member);
    }

    /// <summary>As a file gives it back, with its tables rounded: what is calibrated and measured is what is stored.</summary>
    public Committee AsStored()
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        Write(writer);
        bytes.Position = 0;
        using var reader = new BinaryReader(bytes);
        return Read(reader);
    }

    public static Committee Read(BinaryReader reader)
    {
        var words = new ulong[reader.ReadInt32()];
        for (var i = 0; i < words.Length; i++)
            words[i] = reader.ReadUInt64();
        var members = new NetworkParameters[reader.ReadInt32()];
        for (var i = 0; i < members.Length; i++)
            members[i] = NetworkFile.Read(reader, words.Length);
        return new Committee(words, members);
    }
}

/// <summary>Asks a committee about one post at a time. One object is reused; not thread-safe.</summary>
internal sealed class CommitteeScorer(Committee committee)
{
    /// <summary>Tokens of a post that the networks read, to keep a hostile post within its time; the linear models read all.</summary>
    private const int Limit = 192;

    /// <summary>Below this logit of the first member the others are not asked.</summary>
    private const float Plain = -6;

    /// <summary>Of a longer post so many are read before the telling sentence.</summary>
    private const int Before = 64;

    private readonly NetworkInput _input = new(Limit);
    private readonly SteppedNetwork[] _networks = [.. committee.Matrices.Select(member => new SteppedNetwork(member))];

    /// <summary>The mean logits of the members, or zeros when there is none; of a long post for the part around <paramref name="sentence"/>.</summary>
    public (float Threat, float SelfHarm) Score(FeatureReader reader, int sentence)
    {
        if (_networks.Length == 0)
            return (0, 0);
        _input.Read(reader, committee.Vocabulary, allLetters: false, First(reader, sentence));
        var (threat, selfHarm) = _networks[0].Score(_input);
        if (threat < Plain && selfHarm < Plain)
            return (threat, selfHarm);
        foreach (var network in _networks.AsSpan(1))
        {
            var (t, s) = network.Score(_input);
            (threat, selfHarm) = (threat + t, selfHarm + s);
        }

        return (threat / _networks.Length, selfHarm / _networks.Length);
    }

    private static int First(FeatureReader reader, int sentence)
    {
        var tokens = reader.Text.Tokens;
        if (tokens.Length <= Limit)
            return 0;
        var first = 0;
        while (first < tokens.Length && tokens[first].Sentence < sentence)
            first++;
        return Math.Clamp(first - Before, 0, tokens.Length - Limit);
    }
}
