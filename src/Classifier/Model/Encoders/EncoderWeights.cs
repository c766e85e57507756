using ThreatWatch.Classifier.Model.Algebra;
using static ThreatWatch.Classifier.Model.Encoders.EncoderShape;

namespace ThreatWatch.Classifier.Model.Encoders;

/// <summary>What an encoder multiplies with in each layer, beside the numbers that it only adds.</summary>
internal class EncoderWeights
{
    protected EncoderWeights(EncoderParameters parameters, LayerProducts[] layers) => (Parameters, Layers) = (parameters, layers);

    public EncoderParameters Parameters { get; }

    public IReadOnlyList<LayerProducts> Layers { get; }

    /// <summary>For scoring: in 8-bit steps, four matrices for each layer.</summary>
    public static EncoderWeights Stepped(EncoderParameters parameters, IReadOnlyList<SteppedMatrix> matrices) =>
        new(parameters, [.. matrices.Chunk(4).Select(four => new LayerProducts(four[0], four[1], four[2], four[3]))]);
}

/// <summary>The four products of a layer.</summary>
internal sealed record LayerProducts(IProduct Attention, IProduct Output, IProduct Up, IProduct Down);

/// <summary>For training: exact, forth and back, packed again after each step.</summary>
internal sealed class ExactWeights : EncoderWeights
{
    private readonly LayerPanels[] _forth;
    private readonly LayerPanels[] _back;

    public ExactWeights(EncoderParameters parameters)
        : this(parameters, [.. parameters.Layers.Select(_ => new LayerPanels())])
    {
    }

    private ExactWeights(EncoderParameters parameters, LayerPanels[] forth)
        : base(parameters, [.. forth.Select(layer => new LayerProducts(layer.Attention, layer.Output, layer.Up, layer.Down))])
    {
        _forth = forth;
        _back = [.. forth.Select(_ => new LayerPanels())];
        Pack();
    }

    /// <summary>The transposed matrices of a layer.</summary>
    public LayerPanels Back(int layer) => _back[layer];

    public void Pack() => Parallel.For(0, _forth.Length, i =>
    {
        var (from, forth, back) = (Parameters.Layers[i], _forth[i], _back[i]);
        forth.Attention.Pack(from.Attention, Width, 3 * Width, 3 * Width);
        forth.Output.Pack(from.Output, Width, Width, Width);
        forth.Up.Pack(from.Up, Width, Inner, Inner);
        forth.Down.Pack(from.Down, Inner, Width, Width);
        back.Attention.PackTransposed(from.Attention, Width, 3 * Width, 3 * Width);
        back.Output.PackTransposed(from.Output, Width, Width, Width);
        back.Up.PackTransposed(from.Up, Width, Inner, Inner);
        back.Down.PackTransposed(from.Down, Inner, Width, Width);
    });
}

/// <summary>The packed matrices of one layer.</summary>
internal sealed class LayerPanels
{
    public Panels Attention { get; } = new(Width * 3 * Width);

    public Panels Output { get; } = new(Width * Width);

    public Panels Up { get; } = new(Width * Inner);

    public Panels Down { get; } = new(Inner * Width);
}
