package io.k3j.secureserving;

import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthReport;
import io.k3j.metricstext.MetricText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/// `/healthz`, `/livez` and `/readyz` of a component, as a whole and by check, in upstream's format. A component is
/// healthy while none of its parts says STOPPED, and ready when all are at work; one that does not lead has no parts
/// and is both. Any thread; does not block.
final class ComponentHealth {
    static final List<String> PATHS = List.of("healthz", "livez", "readyz");
    private static final String LEASES = "leases";
    private static final String ELECTION = "leaderElection";
    private static final String SYNCED = "sched-handler-sync";
    private final ServedComponent component;
    private final Health health;
    /// How often each check was asked, by path, name and outcome. Bounded: names are those of reports.
    private final SortedMap<Asked, LongAdder> asked = new ConcurrentSkipListMap<>();

    private record Asked(String type, String name, boolean good) implements Comparable<Asked> {
        private String key() {
            return type + " " + name + " " + good;
        }

        @Override
        public int compareTo(Asked other) {
            return key().compareTo(other.key());
        }
    }

    /// An answer.
    record Page(int status, String text) {
    }

    ComponentHealth(ServedComponent component, Health health) {
        this.component = component;
        this.health = health;
    }

    /// The checks of a path in order, each with its failure, which is empty for one that holds.
    private Map<String, String> checks(String path) {
        Map<String, String> checks = new LinkedHashMap<>();
        if (path.equals("livez")) {
            checks.put("ping", "");
            return checks;
        }
        boolean ready = path.equals("readyz");
        checks.put(ELECTION, "");
        if (ready) {
            checks.put("shutdown", "");
            if (component.equals(ServedComponent.SCHEDULER)) {
                checks.put(SYNCED, "");
            }
        }
        for (HealthReport report : health.reports()) {
            if (report.component().startsWith(LEASES) && report.level() == HealthLevel.STOPPED) {
                checks.put(ELECTION, said(report));
            } else if (report.component().startsWith(component.prefix())) {
                add(checks, report, ready);
            }
        }
        if (checks.containsKey(SYNCED) && !working(checks)) {
            checks.put(SYNCED, "handlers are not fully synchronized");
        }
        return checks;
    }

    private boolean working(Map<String, String> checks) {
        return checks.entrySet().stream()
                .allMatch(check -> check.getValue().isEmpty() || !check.getKey().startsWith(component.prefix()));
    }

    private static void add(Map<String, String> checks, HealthReport report, boolean ready) {
        boolean bad = report.level() == HealthLevel.STOPPED || ready && report.level() != HealthLevel.OK;
        checks.merge(report.component(), bad ? said(report) : "", ComponentHealth::better);
    }

    private static String said(HealthReport report) {
        return report.message().isEmpty() ? report.level().name().toLowerCase(Locale.ROOT) : report.message();
    }

    /// Two bundles speak for one part during a swap: one that works is enough.
    private static String better(String one, String other) {
        return one.isEmpty() || other.isEmpty() ? "" : one;
    }

    /// What is answered, empty for a check that there is not.
    /// @param path without its first slash, as `readyz/shutdown`
    Optional<Page> page(String path, HealthQuery query) {
        int slash = path.indexOf('/');
        String type = slash < 0 ? path : path.substring(0, slash);
        Map<String, String> checks = checks(type);
        if (slash >= 0) {
            String name = path.substring(slash + 1);
            return Optional.ofNullable(checks.get(name)).map(failure -> one(type, name, failure));
        }
        return Optional.of(all(type, checks, query));
    }

    private Page one(String type, String name, String failure) {
        count(type, name, failure);
        return failure.isEmpty() ? new Page(200, "ok")
                : new Page(500, "internal server error: " + name + " failed: " + failure + "\n");
    }

    /// Whoever may not be authorized reads this: a failure is withheld.
    private Page all(String type, Map<String, String> checks, HealthQuery query) {
        StringBuilder text = new StringBuilder();
        boolean good = true;
        for (Map.Entry<String, String> check : checks.entrySet()) {
            String name = check.getKey();
            if (query.excluded().contains(name)) {
                text.append("[+]").append(name).append(" excluded: ok\n");
                continue;
            }
            boolean holds = check.getValue().isEmpty();
            good &= holds;
            count(type, name, check.getValue());
            text.append(holds ? "[+]" : "[-]").append(name).append(holds ? " ok\n" : " failed: reason withheld\n");
        }
        if (!good) {
            return new Page(500, text + type + " check failed\n");
        }
        return new Page(200, query.verbose() ? text + type + " check passed\n" : "ok");
    }

    private void count(String type, String name, String failure) {
        asked.computeIfAbsent(new Asked(type, name, failure.isEmpty()), _ -> new LongAdder()).increment();
    }

    /// `/metrics/slis`: how the checks are, and how they were when somebody asked.
    String indicators() {
        MetricText text = new MetricText().family("kubernetes_healthcheck", MetricText.Type.GAUGE,
                "This metric records the result of a single healthcheck.");
        for (String type : PATHS) {
            new TreeMap<>(checks(type)).forEach((name, failure) -> text.value(failure.isEmpty() ? 1 : 0, "name", name,
                    "type", type));
        }
        text.family("kubernetes_healthchecks_total", MetricText.Type.COUNTER,
                "This metric records the results of all healthcheck.");
        asked.forEach((check, times) -> text.value(times.sum(), "name", check.name, "status",
                check.good ? "success" : "error", "type", check.type));
        return text.toString();
    }
}
