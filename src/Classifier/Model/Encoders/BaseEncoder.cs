using System.Runtime.InteropServices;
using System.Text;
using static ThreatWatch.Classifier.Model.Encoders.EncoderShape;

namespace ThreatWatch.Classifier.Model.Encoders;

/// <summary>
/// Reads the published MiniLM (model.onnx and vocab.txt of sentence-transformers/all-MiniLM-L6-v2, Apache-2.0), from which an encoder
/// begins: it knows how words are used, and nothing yet of threats.
/// </summary>
internal sealed class BaseEncoder
{
    private static readonly string[] Marks = ["[CLS]", "[SEP]", "[UNK]"];
    private static readonly string[] Parts = ["query", "key", "value"];

    private readonly string[] _vocabulary;
    private readonly Dictionary<string, float[]> _tensors = [];
    private readonly List<float[]> _matrices = [];

    /// <exception cref="InvalidDataException">The files are not those of MiniLM-L6 (384 wide).</exception>
    public BaseEncoder(string folder)
    {
        _vocabulary = File.ReadAllLines(Path.Combine(folder, "vocab.txt"));
        ReadModel(File.ReadAllBytes(Path.Combine(folder, "model.onnx")));
        if (_matrices.Count < 6 * EncoderShape.Layers || Tensor("embeddings.word_embeddings.weight").Length != _vocabulary.Length * Width)
            throw new InvalidDataException($"{folder}/model.onnx is no MiniLM with {Width} numbers a piece and at least {EncoderShape.Layers} layers.");
    }

    /// <summary>All pieces that it knows.</summary>
    public WordPieces All => new([.. _vocabulary.Select(WordPieces.HashOf)]);

    /// <summary>An encoder of the first layers that keeps the pieces that <paramref name="used"/> names (rows of <see cref="All"/>) and all single letters.</summary>
    public (WordPieces Pieces, EncoderParameters Parameters) Keep(IReadOnlySet<int> used)
    {
        var kept = Enumerable.Range(0, _vocabulary.Length).Where(i => used.Contains(WordPieces.FirstPiece + i) || _vocabulary[i].TrimStart('#').Length <= 1).ToArray();
        var pieces = new WordPieces([.. kept.Select(i => WordPieces.HashOf(_vocabulary[i]))]);
        var parameters = new EncoderParameters(pieces.Count);
        var rows = Tensor("embeddings.word_embeddings.weight");
        var marks = Marks.Concat(Enumerable.Range(0, WordPieces.EmojiRows).Select(i => $"[unused{i}]")).Select(name => Array.IndexOf(_vocabulary, name));
        var at = 0;
        foreach (var row in marks.Concat(kept))
            rows.AsSpan(row * Width, Width).CopyTo(parameters.Pieces.AsSpan(at++ * Width));
        FillInput(parameters);
        for (var layer = 0; layer < EncoderShape.Layers; layer++)
            FillLayer(parameters.Layers[layer], layer);
        foreach (var bias in parameters.HeadBias)
            (bias[0], bias[1]) = (-2, -3);
        return (pieces, parameters);
    }

    private void FillInput(EncoderParameters parameters)
    {
        Tensor("embeddings.position_embeddings.weight").AsSpan(0, Longest * Width).CopyTo(parameters.Positions);
        // Every piece is of the first of BERT's two sentences, so that its row can be part of the places'.
        var first = Tensor("embeddings.token_type_embeddings.weight").AsSpan(0, Width);
        for (var i = 0; i < parameters.Positions.Length; i++)
            parameters.Positions[i] += first[i % Width];
        Tensor("embeddings.LayerNorm.weight").CopyTo(parameters.Scale, 0);
        Tensor("embeddings.LayerNorm.bias").CopyTo(parameters.Shift, 0);
    }

    private void FillLayer(LayerParameters into, int layer)
    {
        var name = $"encoder.layer.{layer}.";
        for (var part = 0; part < 3; part++)
        {
            var matrix = _matrices[(layer * 6) + part];
            for (var row = 0; row < Width; row++)
                matrix.AsSpan(row * Width, Width).CopyTo(into.Attention.AsSpan((row * 3 * Width) + (part * Width)));
            Tensor($"{name}attention.self.{Parts[part]}.bias").CopyTo(into.AttentionBias, part * Width);
        }

        _matrices[(layer * 6) + 3].CopyTo(into.Output, 0);
        _matrices[(layer * 6) + 4].CopyTo(into.Up, 0);
        _matrices[(layer * 6) + 5].CopyTo(into.Down, 0);
        Tensor(name + "attention.output.dense.bias").CopyTo(into.OutputBias, 0);
        Tensor(name + "attention.output.LayerNorm.weight").CopyTo(into.OutputScale, 0);
        Tensor(name + "attention.output.LayerNorm.bias").CopyTo(into.OutputShift, 0);
        Tensor(name + "intermediate.dense.bias").CopyTo(into.UpBias, 0);
        Tensor(name + "output.dense.bias").CopyTo(into.DownBias, 0);
        Tensor(name + "output.LayerNorm.weight").CopyTo(into.DownScale, 0);
        Tensor(name + "output.LayerNorm.bias").CopyTo(into.DownShift, 0);
    }

    private float[] Tensor(string name) => _tensors.TryGetValue(name, out var values) ? values : throw new InvalidDataException($"The base model has no {name}.");

    /// <summary>ModelProto.graph (7) . GraphProto.initializer (5) of the ONNX format; matrices without a name come in the order of the layers.</summary>
    private void ReadModel(byte[] bytes)
    {
        foreach (var (field, graph) in Fields(bytes))
        {
            if (field != 7)
                continue;
            foreach (var (inner, tensor) in Fields(graph))
            {
                if (inner == 5)
                    ReadTensor(tensor);
            }
        }
    }

    private void ReadTensor(ReadOnlyMemory<byte> tensor)
    {
        var name = "";
        float[] values = [];
        foreach (var (field, value) in Fields(tensor))
        {
            if (field == 8)
                name = Encoding.UTF8.GetString(value.Span);
            else if (field == 9 && value.Length % 4 == 0)
                values = MemoryMarshal.Cast<byte, float>(value.Span).ToArray();
        }

        if (name.Contains("embeddings", StringComparison.Ordinal) || name.Contains("layer", StringComparison.Ordinal))
            _tensors[name] = values;
        else if (values.Length is Width * Width or (Width * Inner) && !name.Contains("pooler", StringComparison.Ordinal))
            _matrices.Add(values);
    }

    /// <summary>The length-delimited fields of a message in protocol buffers; numbers are skipped.</summary>
    private static IEnumerable<(int Field, ReadOnlyMemory<byte> Value)> Fields(ReadOnlyMemory<byte> message)
    {
        var at = 0;
        while (at < message.Length)
        {
            var key = Number(message.Span, ref at);
            switch (key & 7)
            {
                case 0:
                    Number(message.Span, ref at);
                    break;
                case 1:
                    at += 8;
                    break;
                case 5:
                    at += 4;
                    break;
                case 2:
                    var size = (int)Number(message.Span, ref at);
                    yield return ((int)(key >> 3), message.Slice(at, size));
                    at += size;
                    break;
                default:
                    throw new InvalidDataException("The base model is damaged.");
            }
        }
    }

    private static ulong Number(ReadOnlySpan<byte> bytes, ref int at)
    {
        ulong number = 0;
        for (var shift = 0; ; shift += 7)
        {
            number |= (ulong)(bytes[at] & 0x7f) << shift;
            if (bytes[at++] < 0x80)
                return number;
        }
    }
}
