package io.k3j.apiserver;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/// `/healthz`, `/livez` and `/readyz`, as a whole and check by check. See
/// <https://kubernetes.io/docs/reference/using-api/health-checks/>.
final class HealthChecks {
    private final Map<String, BooleanSupplier> live = new LinkedHashMap<>();
    private final Map<String, BooleanSupplier> ready = new LinkedHashMap<>();

    /// `datastore`: the store answers; `started`: kinds, authorisation and tables are there.
    HealthChecks(BooleanSupplier datastore, BooleanSupplier started) {
        live.put("ping", () -> true);
        live.put("log", () -> true);
        live.put("etcd", datastore);
        live.put("poststarthook/start-apiserver-admission-initializer", started);
        live.put("poststarthook/rbac/bootstrap-roles", started);
        ready.putAll(live);
        ready.put("informer-sync", started);
        ready.put("shutdown", () -> true);
    }

    /// Whether every readiness check holds.
    boolean ready() {
        return ready.values().stream().allMatch(BooleanSupplier::getAsBoolean);
    }

    /// Answers a health request.
    void serve(Request request) throws IOException {
        String name = request.segments().getFirst();
        Map<String, BooleanSupplier> checks = name.equals("readyz") ? ready : live;
        if (request.segments().size() > 1) {
            one(request, checks, String.join("/", request.segments().subList(1, request.segments().size())));
            return;
        }
        List<String> excluded = request.params().texts("exclude");
        List<String> failed = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        checks.forEach((check, holds) -> {
            if (excluded.contains(check)) {
                text.append("[+]").append(check).append(" excluded: ok\n");
            } else if (holds.getAsBoolean()) {
                text.append("[+]").append(check).append(" ok\n");
            } else {
                failed.add(check);
                text.append("[-]").append(check).append(" failed: reason withheld\n");
            }
        });
        if (!failed.isEmpty()) {
            answers(request, 500, text + name + " check failed\n");
        } else if (request.params().has("verbose")) {
            answers(request, 200, text + name + " check passed\n");
        } else {
            answers(request, 200, "ok");
        }
    }

    private static void one(Request request, Map<String, BooleanSupplier> checks, String check) throws IOException {
        BooleanSupplier holds = checks.get(check);
        if (holds == null) {
            throw Pipeline.noSuchResource();
        }
        boolean ok = holds.getAsBoolean();
        answers(request, ok ? 200 : 500, ok ? "ok" : "internal server error: " + check + " failed: reason withheld\n");
    }

    private static void answers(Request request, int status, String text) throws IOException {
        request.answer(status, Map.of("content-type", "text/plain; charset=utf-8", "cache-control",
                "no-cache, private", "x-content-type-options", "nosniff"),
                text.getBytes(StandardCharsets.UTF_8));
    }
}
