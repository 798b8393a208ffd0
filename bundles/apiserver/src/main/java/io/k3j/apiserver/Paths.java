package io.k3j.apiserver;

import io.k3j.apiserverapi.Connect;
import io.k3j.clientapi.ApiFault;
import io.k3j.componentapi.MetricText;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Paths that are no resources: version, health, metrics, discovery, OpenAPI, token issuer documents.
final class Paths {
    private static final List<String> ROOTS = List.of("/.well-known/openid-configuration", "/api", "/apis", "/healthz",
            "/livez", "/metrics", "/openapi/v2", "/openapi/v3", "/openid/v1/jwks", "/readyz", "/version");
    private static final String HELP = "See the Kubernetes metrics reference.";
    private final Core core;
    private final Discovery discovery;
    private final OpenApiDocuments openApi;
    private final HealthChecks health;
    private final Metrics metrics;
    private final WatchHub hub;
    private final Struct version = Version.document();
    private final ProcessFigures process;

    Paths(Core core, HealthChecks health, Metrics metrics, WatchHub hub, ProcessFigures process) {
        this.core = core;
        this.discovery = new Discovery(core);
        this.openApi = new OpenApiDocuments(core);
        this.health = health;
        this.metrics = metrics;
        this.hub = hub;
        this.process = process;
    }

    /// Answers a request that has been authorised.
    void serve(Request request) throws IOException {
        if (!request.info().verb().equals("get") && !request.info().verb().equals("head")) {
            throw Resources.notAllowed();
        }
        List<String> path = request.segments();
        switch (path.isEmpty() ? "" : path.getFirst()) {
            case "" -> {
                request.negotiate(Form.Offer.PLAIN);
                core.answers().tree(request, 200, Struct.of("paths", ROOTS));
            }
            case "version" -> {
                request.negotiate(Form.Offer.PLAIN);
                core.answers().tree(request, 200, version);
            }
            case "healthz", "livez", "readyz" -> health.serve(request);
            case "api", "apis" -> discovery.serve(request);
            case "openapi" -> openApi.serve(request);
            case "metrics" -> core.answers().bytes(request, 200, MetricText.CONTENT_TYPE,
                    figures().getBytes(StandardCharsets.UTF_8));
            case "openid", ".well-known" -> issuer(request);
            default -> throw Pipeline.noSuchResource();
        }
    }

    private String figures() {
        MetricText text = new MetricText();
        metrics.to(text);
        byKind(text, "apiserver_current_inflight_requests", core.seats().taken());
        byKind(text, "apiserver_current_inqueue_requests", core.seats().waiting());
        gauges().forEach((name, value) -> text.family(name,
                name.endsWith("_total") ? MetricText.Type.COUNTER : MetricText.Type.GAUGE, HELP).value(value));
        return text.toString();
    }

    private SortedMap<String, Number> gauges() {
        SortedMap<String, Number> all = new TreeMap<>();
        all.put("k3j_authentication_failures_total", core.access().failures().all());
        all.put("k3j_authentication_failures_slowed_total", core.access().failures().slowed());
        all.put("k3j_apiserver_body_bytes", core.bodyBudget().taken());
        all.put("k3j_apiserver_answer_bytes", core.answerPool().taken());
        all.put("k3j_apiserver_long_lists", core.lists().longLists().taken());
        all.put("k3j_apiserver_long_lists_refused_total", core.lists().longLists().refused());
        all.put("k3j_apiserver_watches", core.watches().taken());
        all.put("k3j_apiserver_watches_refused_total", core.watches().refused());
        all.put("apiserver_longrunning_requests", hub.watchers());
        all.put("apiserver_storage_objects", core.log().newest().tree().size());
        all.put("etcd_debugging_mvcc_current_revision", core.log().newest().revision());
        all.put("k3j_consistent_read_failures_total", core.data().fence().failures());
        all.put("k3j_stale_reads_total", core.data().fence().staleAnswers());
        process.to(all);
        return all;
    }

    private static void byKind(MetricText text, String name, int[] readsAndWrites) {
        text.family(name, MetricText.Type.GAUGE, HELP).value(readsAndWrites[0], "request_kind", "readOnly")
                .value(readsAndWrites[1], "request_kind", "mutating");
    }

    private void issuer(Request request) throws IOException {
        String path = String.join("/", request.segments());
        Optional<Connect> connect = core.extensions().connect(new Gvr("", "", path), "");
        if (connect.isEmpty()) {
            throw ApiFault.unavailable("nobody serves /" + path);
        }
        connect.get().serve(new Connect.Call(request.caller(), Key.of(""), "", request.exchange()));
    }
}
