using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using ThreatWatch.Platform.Queue;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Platform.Hosting;

/// <summary>Health for load balancers and monitors: alive (the process answers) and ready (database and queue answer).</summary>
public static class Health
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/alive", () => Results.Text("alive\n"));
        routes.MapGet("/health/ready", async (Database database, IMessageQueue queue, CancellationToken cancellationToken) =>
        {
            try
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                limit.CancelAfter(TimeSpan.FromSeconds(3));
                await database.CountAsync("select 1", limit.Token);
                await queue.DepthAsync(limit.Token);
                return Results.Text("ready\n");
            }
            catch (Exception exception)
            {
                return Results.Text($"not ready: {exception.GetType().Name}\n", statusCode: StatusCodes.Status503ServiceUnavailable);
            }
        });
    }
}
