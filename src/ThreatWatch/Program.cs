using System.CommandLine;
using System.Globalization;
using ThreatWatch.Cli.Verbs;

// Numbers and dates are written the same on every machine.
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

var root = new RootCommand("ThreatWatch reads public posts, finds threat language, and tells the School Resource Officer until somebody has it.");
root.Options.Add(CommonOptions.Config);
root.Subcommands.Add(RunVerb.Create());
root.Subcommands.Add(ParseCommand.Create());
root.Subcommands.Add(ScoreCommand.Create());
root.Subcommands.Add(TrainCommand.Create());
root.Subcommands.Add(EvaluateCommand.Create());
root.Subcommands.Add(BacktestCommand.Create());
root.Subcommands.Add(ReplayCommand.Create());
root.Subcommands.Add(DrillVerb.Create());
root.Subcommands.Add(RetentionVerb.Create());
root.Subcommands.Add(HoldVerb.Create());
root.Subcommands.Add(AlertsVerb.Create());
root.Subcommands.Add(SilenceVerb.Create());
root.Subcommands.Add(ReportVerb.Create());
root.Subcommands.Add(CheckVerb.Create());
root.Subcommands.Add(RouteVerb.Create());
root.Subcommands.Add(StatusVerb.Create());
root.Subcommands.Add(DeadLettersVerb.Create());
root.Subcommands.Add(AuditVerb.Create());

// Wrong usage is 2, as for a wrong configuration; 1 is kept for "the answer is no".
var parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    foreach (var error in parsed.Errors)
        Console.Error.WriteLine(error.Message);
    Console.Error.WriteLine("See: threatwatch --help");
    return 2;
}

// The parser's own patience after SIGTERM is two seconds, too short for a daemon that finishes what it holds.
return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(12) });
