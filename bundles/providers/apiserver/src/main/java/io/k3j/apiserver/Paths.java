package io.k3j.apiserver;

import io.k3j.apidiscovery.Discovery;
import io.k3j.apidiscovery.OpenApiDocuments;
import io.k3j.apirequests.Form;
import io.k3j.apirequests.Request;
import io.k3j.apirequests.Responses;
import io.k3j.metricstext.MetricText;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Serves the non-resource paths: version, health, metrics, discovery, OpenAPI, token issuer documents,
/// flow control.
final class Paths {
    private static final List<String> ROOTS = List.of("/.well-known/openid-configuration", "/api", "/apis", "/healthz",
            "/livez", "/metrics", "/openapi/v2", "/openapi/v3", "/openid/v1/jwks", "/readyz", "/version");
    private final Documents documents;
    private final HealthChecks health;
    private final ServerMetrics metrics;
    private final Responses answers;
    private final Struct version = Version.document();

    /// The documents that describe the API and its server.
    /// @param flows what the server works on
    record Documents(Discovery discovery, OpenApiDocuments openApi, IssuerDocuments issuer, FlowControlDumps flows) {
    }

    Paths(Documents documents, HealthChecks health, ServerMetrics metrics, Responses answers) {
        this.documents = documents;
        this.health = health;
        this.metrics = metrics;
        this.answers = answers;
    }

    /// Serves an authorized request.
    void serve(Request request) throws IOException {
        if (!request.info().verb().equals("get") && !request.info().verb().equals("head")) {
            throw ReadHandler.notAllowed();
        }
        List<String> path = request.segments();
        switch (path.isEmpty() ? "" : path.getFirst()) {
            case "" -> {
                request.negotiate(Form.Offer.PLAIN);
                answers.tree(request, 200, Struct.of("paths", ROOTS));
            }
            case "version" -> {
                request.negotiate(Form.Offer.PLAIN);
                answers.tree(request, 200, version);
            }
            case "healthz", "livez", "readyz" -> health.serve(request);
            case "api", "apis" -> documents.discovery.serve(request);
            case "openapi" -> documents.openApi.serve(request);
            case "metrics" -> answers.bytes(request, 200, MetricText.CONTENT_TYPE,
                    metrics.text().getBytes(StandardCharsets.UTF_8));
            case "openid", ".well-known" -> documents.issuer.serve(request);
            case "debug" -> documents.flows.serve(request);
            default -> throw Responses.noSuchResource();
        }
    }
}
