# One image, many roles: docker run threatwatch run ingest --config /threatwatch/config/threatwatch.json
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
# Packages first: they change seldom, and this layer is kept until they do.
COPY global.json Directory.Build.props Directory.Packages.props BannedSymbols.txt .editorconfig ./
COPY src/Core/Core.csproj src/Core/
COPY src/Platform/Platform.csproj src/Platform/
COPY src/Ingest/Ingest.csproj src/Ingest/
COPY src/Classifier/Classifier.csproj src/Classifier/
COPY src/Alerting/Alerting.csproj src/Alerting/
COPY src/Console/Console.csproj src/Console/
COPY src/ThreatWatch/ThreatWatch.csproj src/ThreatWatch/
RUN dotnet restore src/ThreatWatch --use-current-runtime
COPY . .
RUN dotnet publish src/ThreatWatch -c Release --no-restore --use-current-runtime --self-contained false -o /app

FROM mcr.microsoft.com/dotnet/aspnet:10.0
# Names of time zones, which the duty plans are written in.
RUN apt-get update && apt-get install -y --no-install-recommends tzdata && rm -rf /var/lib/apt/lists/*
COPY --from=build /app /opt/threatwatch
WORKDIR /threatwatch
# As in a checkout, so that the shipped configuration's relative paths hold.
COPY config config
COPY samples samples
COPY models models
RUN install -d -o app -g app var
# As in packaging/threatwatch.service.
ENV DOTNET_GCgen0size=0x4000000
USER app
# exec form: SIGTERM reaches the daemon, which then stops within 10 seconds.
ENTRYPOINT ["/opt/threatwatch/threatwatch"]
CMD ["run", "--config", "/threatwatch/config/threatwatch.json"]
