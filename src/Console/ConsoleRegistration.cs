using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ThreatWatch.Console.Alerts;
using ThreatWatch.Console.Cases;
using ThreatWatch.Console.Page;
using ThreatWatch.Console.Reviews;
using ThreatWatch.Console.Sources;
using ThreatWatch.Core;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Console;

/// <summary>What the role brings into the process: its sections of the configuration, its services, its web addresses.</summary>
public static class ConsoleRegistration
{
    public static IReadOnlyList<SettingsSection> Sections { get; } = [SettingsSection.Of("console", new ConsoleOptions(), ConsoleOptions.Validate)];

    public static IServiceCollection AddConsole(this IServiceCollection services)
    {
        services.AddSingleton<AlertListPage>();
        services.AddSingleton<AlertPage>();
        services.AddSingleton<CaseFiles>();
        services.AddSingleton<CasePdf>();
        services.AddSingleton<SourcesPage>();
        services.AddSingleton<ReviewPages>();
        return services;
    }

    public static IEndpointRouteBuilder MapConsole(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/console.css", () => Results.Stream(
            Assembly.GetExecutingAssembly().GetManifestResourceStream("ThreatWatch.Console.Page.console.css")!, "text/css; charset=utf-8"));
        var pages = routes.MapGroup("").AddEndpointFilter(new SignIn(routes.ServiceProvider.GetRequiredService<Settings>()));
        pages.MapGet("/", (string? show, AlertListPage page, CancellationToken cancellationToken) => page.ShowAsync(show, cancellationToken));
        pages.MapGet("/alerts/{id}", (string id, HttpContext http, AlertPage page, CancellationToken cancellationToken) =>
            page.ShowAsync(id, http.User.Identity!.Name!, cancellationToken));
        pages.MapGet("/alerts/{id}/case.pdf", async (string id, HttpContext http, CaseFiles cases, CasePdf pdf, CancellationToken cancellationToken) =>
        {
            if (await cases.TakeAsync(id, http.User.Identity!.Name!, "console", true, cancellationToken) is not { } taken)
                return Layout.Render("Unknown", "<h1>There is no such alert.</h1>", StatusCodes.Status404NotFound);
            using var file = new MemoryStream();
            pdf.Write(taken, file);
            return Results.File(file.ToArray(), "application/pdf", $"alert-{taken.Alert.Id}.pdf");
        });
        pages.MapPost("/alerts/{id}/acknowledge", async (string id, HttpContext http, AlertActions actions, CancellationToken cancellationToken) =>
        {
            await actions.AcknowledgeAsync(id, http.User.Identity!.Name!, "console", cancellationToken);
            return Results.Redirect($"/alerts/{Uri.EscapeDataString(id)}");
        });
        pages.MapPost("/alerts/{id}/close", async (string id, HttpContext http, AlertActions actions, CancellationToken cancellationToken) =>
        {
            var form = await http.Request.ReadFormAsync(cancellationToken);
            if (!Enum.TryParse<Disposition>(form["disposition"], out var disposition) || !Enum.IsDefined(disposition))
                return Layout.Render("Not closed", "<h1>Say what it was.</h1><p>Go back and choose one.</p>", StatusCodes.Status400BadRequest);
            var note = form["note"].ToString();
            await actions.CloseAsync(id, http.User.Identity!.Name!, "console", disposition, note.Length == 0 ? null : note[..Math.Min(500, note.Length)], cancellationToken);
            return Results.Redirect($"/alerts/{Uri.EscapeDataString(id)}");
        });
        pages.MapPost("/alerts/{id}/share", async (string id, HttpContext http, SharingStore shares, TimeProvider time, CancellationToken cancellationToken) =>
        {
            var form = await http.Request.ReadFormAsync(cancellationToken);
            var (partner, basis, fields) = (form["partner"].ToString().Trim(), form["basis"].ToString().Trim(), form["fields"].OfType<string>().Distinct().ToList());
            if (SharingStore.Fault(partner, basis, fields) is { } fault)
                return Layout.Render("Not recorded", $"<h1>Not recorded</h1><p>{Layout.Encode(fault.What)}. Go back and mend it.</p>", StatusCodes.Status400BadRequest);
            var now = time.GetUtcNow();
            return await shares.AddAsync(id, new Share(Ids.New(now), partner, basis, fields, http.User.Identity!.Name!, now), cancellationToken)
                ? Results.Redirect($"/alerts/{Uri.EscapeDataString(id)}")
                : Layout.Render("Unknown", "<h1>There is no such alert.</h1>", StatusCodes.Status404NotFound);
        });
        ReviewPages.Map(pages);
        pages.MapGet("/sources", (SourcesPage page, CancellationToken cancellationToken) => page.ShowAsync(cancellationToken));
        pages.MapGet("/about", () => Layout.Render("About", AboutPage.Body));
        return routes;
    }
}
