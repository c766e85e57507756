using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Ingest.Scoping;

/// <summary>Keeps the <see cref="Scope"/> of the district in force: compiling it takes too long to do for each post.</summary>
public sealed class ScopeOfDistrict(Settings settings)
{
    private readonly Lock _lock = new();
    private District? _district;
    private Scope? _scope;

    public Scope Current
    {
        get
        {
            var district = settings.Get<District>();
            lock (_lock)
            {
                if (!ReferenceEquals(district, _district))
                {
                    _scope = new Scope(district);
                    _district = district;
                }

                return _scope!;
            }
        }
    }
}
