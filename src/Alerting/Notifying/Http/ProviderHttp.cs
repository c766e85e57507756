using System.Net;
using System.Text;

namespace ThreatWatch.Alerting.Notifying.Http;

/// <summary>Calls to providers over one pool of connections. Whatever goes wrong comes back as an answer, never as an exception.</summary>
public sealed class ProviderHttp(TimeProvider time) : IDisposable
{
    private const int MostBytes = 256 * 1024;
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    private readonly HttpMessageInvoker _invoker = new(new SocketsHttpHandler
    {
        // A provider's answer that sends us elsewhere would take the message and the login along.
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        MaxConnectionsPerServer = 64,
    });

    /// <summary>Sends a request and reads the answer.</summary>
    /// <param name="timeout">For the whole of it.</param>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async Task<HttpAnswer> SendAsync(HttpRequestMessage request, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        request.Headers.UserAgent.TryParseAdd("ThreatWatch");
        try
        {
            using var response = await _invoker.SendAsync(request, either.Token);
            var body = await ReadAsync(response.Content, either.Token);
            return new HttpAnswer((int)response.StatusCode, body, PauseOf(response), null, true);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return HttpAnswer.Failed($"does not answer within {timeout.TotalSeconds:0} s", mayHaveArrived: true);
        }
        catch (HttpRequestException exception)
        {
            return exception.HttpRequestError switch
            {
                HttpRequestError.NameResolutionError => HttpAnswer.Failed("has a name that can't be resolved", mayHaveArrived: false),
                HttpRequestError.ConnectionError => HttpAnswer.Failed("can't be reached", mayHaveArrived: false),
                HttpRequestError.SecureConnectionError => HttpAnswer.Failed("has a certificate that is not trusted", mayHaveArrived: false),
                var error => HttpAnswer.Failed($"broke the connection ({error})", mayHaveArrived: true),
            };
        }
        catch (IOException)
        {
            return HttpAnswer.Failed("broke the connection", mayHaveArrived: true);
        }
    }

    public void Dispose() => _invoker.Dispose();

    private static async Task<string> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[8192];
        using var whole = new MemoryStream();
        int read;
        while (whole.Length < MostBytes && (read = await stream.ReadAsync(buffer, cancellationToken)) > 0)
            whole.Write(buffer, 0, read);
        return Encoding.UTF8.GetString(whole.GetBuffer(), 0, (int)whole.Length);
    }

    private TimeSpan? PauseOf(HttpResponseMessage response)
    {
        if (response.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable))
            return null;
        var pause = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - time.GetUtcNow(),
            _ => (TimeSpan?)null,
        };
        return pause is { } some ? TimeSpan.FromTicks(Math.Clamp(some.Ticks, 0, LongestPause.Ticks)) : null;
    }
}

/// <summary>What a provider answered, or why there is no answer.</summary>
/// <param name="Status">0 where there is none.</param>
/// <param name="RetryAfter">The pause that a 429 or 503 asks for, up to an hour.</param>
/// <param name="Failure">Completes the sentence "the provider ..."; null where there is an answer.</param>
/// <param name="MayHaveArrived">False where the request surely did not reach the provider.</param>
public sealed record HttpAnswer(int Status, string Body, TimeSpan? RetryAfter, string? Failure, bool MayHaveArrived)
{
    // What settings cause, people mend; until then there is no sense in asking every few seconds.
    private static readonly TimeSpan AfterOurMistake = TimeSpan.FromMinutes(1);

    public bool IsSuccess => Status is >= 200 and < 300;

    public static HttpAnswer Failed(string why, bool mayHaveArrived) => new(0, "", null, why, mayHaveArrived);

    /// <summary>What becomes of a message whose call was not a success, by the rules of HTTP alone.</summary>
    /// <param name="provider">As people know it, such as "the SMS gateway".</param>
    public SendOutcome ToOutcome(string provider) => Status switch
    {
        // Only a request that never arrived is repeated in the same breath.
        0 => new SendOutcome.RetryLater(MayHaveArrived ? TimeSpan.Zero : null, $"{provider} {Failure}"),
        408 or 425 or 429 or >= 500 => new SendOutcome.RetryLater(RetryAfter ?? TimeSpan.Zero, $"{provider} answers {Status}"),
        401 or 403 or 407 => new SendOutcome.RetryLater(AfterOurMistake, $"{provider} refuses the login ({Status})"),
        404 or 405 or (>= 300 and < 400) => new SendOutcome.RetryLater(AfterOurMistake, $"{provider} does not know the configured address ({Status})"),
        _ => new SendOutcome.Rejected($"{provider} refuses the message ({Status})"),
    };
}
