using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("ThreatWatch.Tests")]
[assembly: InternalsVisibleTo("ThreatWatch.EndToEnd")]
[assembly: InternalsVisibleTo("threatwatch-bench")]
