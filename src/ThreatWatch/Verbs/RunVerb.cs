using System.CommandLine;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ThreatWatch.Alerting;
using ThreatWatch.Classifier;
using ThreatWatch.Console;
using ThreatWatch.Ingest;
using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Cli.Verbs;

/// <summary>The daemon: all roles in one process, or those that are named.</summary>
internal static class RunVerb
{
    public static Command Create()
    {
        var roles = new Argument<string[]>("role") { Arity = ArgumentArity.ZeroOrMore, Description = "ingest, classifier, alerting, console; all of them when none is named" };
        roles.AcceptOnlyFromAmong([.. Roles.All]);
        var command = new Command("run", "run the daemon") { roles };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (ConfigFile.Load(parsed) is not { } settings)
                return 2;
            var named = parsed.GetValue(roles) ?? [];
            await using var app = Build(settings, new Roles(named.Length == 0 ? Roles.All : named));
            await StartUp.PrepareAsync(app.Services, cancellationToken);
            StartUp.Announce(settings, app.Services.GetRequiredService<Roles>(), app.Logger);
            try
            {
                await app.RunAsync(cancellationToken);
                return 0;
            }
            catch (IOException failed) when (failed.InnerException is AddressInUseException)
            {
                System.Console.Error.WriteLine($"http.listen: {settings.Get<HttpOptions>().Listen} is in use, perhaps by another ThreatWatch: end that, or name another address");
                return 2;
            }
        });
        return command;
    }

    /// <summary>Composes the process; also for tests that run it in theirs.</summary>
    public static WebApplication Build(Settings settings, Roles roles)
    {
        var builder = WebApplication.CreateSlimBuilder();
        // The configuration is ours alone: no appsettings.json, and no ASPNETCORE_URLS that moves the console.
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection([new(WebHostDefaults.ServerUrlsKey, settings.Get<HttpOptions>().Listen)]);
        builder.Services.AddThreatWatchLogging(settings.Get<LogOptions>());
        builder.Services.AddSystemd();
        builder.Services.AddWindowsService(service => service.ServiceName = "ThreatWatch");
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(9));
        builder.Services.AddPlatform(settings, roles);
        if (roles.Names.Contains(Roles.Ingest))
            builder.Services.AddIngest();
        if (roles.Names.Contains(Roles.Classifier))
            builder.Services.AddClassifier();
        if (roles.Names.Contains(Roles.Alerting))
            builder.Services.AddAlerting();
        if (roles.Names.Contains(Roles.Console))
            builder.Services.AddConsole().AddAcknowledging();
        var app = builder.Build();
        app.MapHealth();
        if (roles.Names.Contains(Roles.Ingest))
            app.MapIngest();
        if (roles.Names.Contains(Roles.Classifier))
            app.MapClassifier();
        // The links in messages work wherever people come in, also where the console runs apart.
        if (roles.Names.Contains(Roles.Alerting) || roles.Names.Contains(Roles.Console))
            app.MapAlerting();
        if (roles.Names.Contains(Roles.Console))
            app.MapConsole();
        return app;
    }
}
