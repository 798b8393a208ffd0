package io.k3j.apiserver;

import io.k3j.apirequests.Request;
import io.k3j.apirequests.Responses;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthReport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// `/healthz`, `/livez` and `/readyz`, as a whole and by check. See
/// <https://kubernetes.io/docs/reference/using-api/health-checks/>. A stopped loop of the API server or the datastore
/// appears in `/readyz` as a check `loop/<name>`, with the type of the exception only: unauthorized users may read
/// it.
final class HealthChecks {
    private static final List<String> LOOP_PREFIXES = List.of("apiserver-", "datastore-");
    private static final String KMS_PROVIDERS = "kms-providers";
    private static final String WITHHELD = "reason withheld";
    private final Map<String, BooleanSupplier> live = new LinkedHashMap<>();
    private final Map<String, BooleanSupplier> ready = new LinkedHashMap<>();
    private final Health health;

    /// @param datastore whether the datastore answers
    HealthChecks(BooleanSupplier datastore, StartSteps steps, Health health) {
        this.health = health;
        live.put("ping", () -> true);
        live.put("log", () -> true);
        live.put("etcd", datastore);
        live.putAll(steps.all(datastore));
        ready.putAll(live);
        ready.put("informer-sync", steps.accessControl());
        ready.put("shutdown", () -> true);
    }

    /// Whether every readiness check holds.
    boolean ready() {
        return stoppedLoops().isEmpty() && keyServices().orElse(true)
                && ready.values().stream().allMatch(BooleanSupplier::getAsBoolean);
    }

    /// Whether all KMS plug-ins are healthy; empty where there are none. What lives on without them is no reason to
    /// start this server again, so `/livez` does not ask, as upstream.
    private Optional<Boolean> keyServices() {
        return health.reports().stream().filter(report -> report.component().equals(KMS_PROVIDERS))
                .map(report -> report.level() == HealthLevel.OK).reduce((one, other) -> one && other);
    }

    /// The failure messages of stopped loops, by check name.
    private Map<String, String> stoppedLoops() {
        Map<String, String> stoppedLoops = new LinkedHashMap<>();
        for (HealthReport report : health.reports()) {
            if (report.level() == HealthLevel.STOPPED
                    && LOOP_PREFIXES.stream().anyMatch(report.component()::startsWith)) {
                stoppedLoops.put("loop/" + report.component(), report.message());
            }
        }
        return stoppedLoops;
    }

    /// Serves a health request.
    void serve(Request request) throws IOException {
        String name = request.segments().getFirst();
        Map<String, BooleanSupplier> checks = new LinkedHashMap<>(name.equals("readyz") ? ready : live);
        if (!name.equals("livez")) {
            keyServices().ifPresent(healthy -> checks.put(KMS_PROVIDERS, () -> healthy));
        }
        Map<String, String> reasons = name.equals("readyz") ? stoppedLoops() : Map.of();
        reasons.keySet().forEach(loop -> checks.put(loop, () -> false));
        if (request.segments().size() > 1) {
            one(request, checks, reasons, String.join("/", request.segments().subList(1, request.segments().size())));
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
                text.append("[-]").append(check).append(" failed: ")
                        .append(reasons.getOrDefault(check, WITHHELD)).append('\n');
            }
        });
        List<String> unknown = excluded.stream().filter(e -> !checks.containsKey(e)).distinct().sorted().toList();
        if (!unknown.isEmpty()) {
            text.append("warn: some health checks cannot be excluded: no matches for \"")
                    .append(String.join("\",\"", unknown)).append("\"\n");
        }
        boolean verbose = request.params().has("verbose");
        answers(request, failed.isEmpty() ? 200 : 500, !failed.isEmpty() ? text + name + " check failed\n"
                : verbose ? text + name + " check passed\n" : "ok");
    }

    private static void one(Request request, Map<String, BooleanSupplier> checks, Map<String, String> reasons,
            String check) throws IOException {
        BooleanSupplier holds = checks.get(check);
        if (holds == null) {
            throw Responses.noSuchResource();
        }
        boolean ok = holds.getAsBoolean();
        answers(request, ok ? 200 : 500, ok ? "ok"
                : "internal server error: " + check + " failed: " + reasons.getOrDefault(check, WITHHELD) + '\n');
    }

    private static void answers(Request request, int status, String text) throws IOException {
        request.answer(status, Map.of("content-type", "text/plain; charset=utf-8", "cache-control",
                "no-cache, private", "x-content-type-options", "nosniff"),
                text.getBytes(StandardCharsets.UTF_8));
    }
}
