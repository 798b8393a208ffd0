package io.k3j.secureserving;

import io.k3j.clientapi.ApiFault;
import io.k3j.codec.Json;
import io.k3j.edgeapi.Endpoint;
import io.k3j.edgeapi.Exchange;
import io.k3j.metricstext.MetricText;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/// What is served on the port of a component: `/healthz`, `/livez` and `/readyz` with their checks, `/metrics`,
/// `/metrics/slis`, `/configz`, `/statusz` and `/flagz`. Any thread; blocks while the API server is asked who may.
final class ComponentEndpoint implements Endpoint {
    static final List<String> PATHS = List.of("/configz", "/flagz", "/healthz", "/livez", "/metrics", "/readyz",
            "/statusz");
    private static final String TEXT = "text/plain; charset=utf-8";
    private final ServingAccess access;
    private final ComponentHealth health;
    private final ZPages pages;
    private final Supplier<String> metrics;
    private final Struct configz;

    /// @param metrics of all components of this process, as they share one registry in K3s
    /// @param configz what `/configz` says
    ComponentEndpoint(ServingAccess access, ComponentHealth health, ZPages pages, Supplier<String> metrics,
            Struct configz) {
        this.access = access;
        this.health = health;
        this.pages = pages;
        this.metrics = metrics;
        this.configz = configz;
    }

    @Override
    public Set<String> prefixes() {
        return Set.of("/");
    }

    @Override
    public void serve(Exchange x) throws IOException {
        try {
            access.admit(x);
            route(x);
        } catch (ApiFault e) {
            answer(x, e.code(), "application/json", Json.bytes(e.status()));
        }
    }

    private void route(Exchange x) throws IOException {
        String path = x.path();
        switch (path) {
            case "/metrics" -> answer(x, 200, MetricText.CONTENT_TYPE, metrics.get());
            case "/metrics/slis" -> answer(x, 200, MetricText.CONTENT_TYPE, health.indicators());
            case "/configz" -> answer(x, 200, "application/json", Json.bytes(configz));
            case "/statusz" -> page(x, pages::status);
            case "/flagz" -> page(x, pages::flags);
            default -> checks(x, path);
        }
    }

    private static void page(Exchange x, Supplier<String> text) throws IOException {
        boolean taken = ZPages.acceptable(x.header("accept").orElse(""));
        answer(x, taken ? 200 : 406, TEXT, taken ? text.get() : ZPages.NOT_ACCEPTABLE);
    }

    private void checks(Exchange x, String path) throws IOException {
        boolean check = ComponentHealth.PATHS.stream()
                .anyMatch(type -> path.equals("/" + type) || path.startsWith("/" + type + "/"));
        Optional<ComponentHealth.Page> page = check ? health.page(path.substring(1), HealthQuery.of(x.query()))
                : Optional.empty();
        if (page.isPresent()) {
            answer(x, page.get().status(), TEXT, page.get().text());
        } else {
            answer(x, 404, TEXT, "404 page not found\n");
        }
    }

    private static void answer(Exchange x, int status, String type, String text) throws IOException {
        answer(x, status, type, text.getBytes(StandardCharsets.UTF_8));
    }

    private static void answer(Exchange x, int status, String type, byte[] body) throws IOException {
        x.respond(status, Map.of("content-type", type, "cache-control", "no-cache, private",
                "x-content-type-options", "nosniff"), body);
    }
}
