using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("threatwatch-bench")]
