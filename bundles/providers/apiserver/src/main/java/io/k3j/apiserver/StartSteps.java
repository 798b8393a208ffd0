package io.k3j.apiserver;

import io.k3j.apicontributions.Contributions;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.watchcache.EventLog;
import io.k3j.watchcache.StorageKeys;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;

/// The steps after the start that upstream's checks name, each by what of this server does it. A step of a part that
/// this server does not have holds. Those that wait for objects or for a controller hold on once they held, as
/// upstream's: what fails later is no reason to start this server again. See [HealthChecks].
final class StartSteps {
    private static final Gvr PRIORITY_CLASSES = Gvr.of("scheduling.k8s.io/v1", "priorityclasses");
    private static final List<String> SYSTEM_PRIORITIES = List.of("system-node-critical", "system-cluster-critical");
    /// Under this name `aggregator` says how the keeping of APIServices goes.
    private static final String REGISTRATION = "apiservice-registration";
    private final Done done;
    private final Contributions contributions;
    private final EventLog log;
    private final Health health;

    /// What the start has done.
    ///
    /// @param accessControlComplete whether kinds, authorization and admission are present
    /// @param namespaces whether the system namespaces and the Service `kubernetes` exist
    /// @param definitions whether CustomResourceDefinitions are known and followed, or nobody here does
    record Done(BooleanSupplier accessControlComplete, BooleanSupplier namespaces, BooleanSupplier definitions) {
    }

    /// A step that holds on once it held. Any thread.
    private static final class Once implements BooleanSupplier {
        private final BooleanSupplier step;
        private volatile boolean held;

        Once(BooleanSupplier step) {
            this.step = step;
        }

        @Override
        public boolean getAsBoolean() {
            if (!held && step.getAsBoolean()) {
                held = true;
            }
            return held;
        }
    }

    /// @param log what is stored, which is loaded
    /// @param health where the aggregator reports
    StartSteps(Done done, Contributions contributions, EventLog log, Health health) {
        this.done = done;
        this.contributions = contributions;
        this.log = log;
        this.health = health;
    }

    /// Whether kinds, authorization and admission are present.
    BooleanSupplier accessControl() {
        return done.accessControlComplete;
    }

    /// All steps by their names, in upstream's order.
    ///
    /// @param datastore whether the datastore answers
    Map<String, BooleanSupplier> all(BooleanSupplier datastore) {
        BooleanSupplier definitions = new Once(done.definitions);
        BooleanSupplier aggregator = contributions.aggregator()::started;
        Map<String, BooleanSupplier> steps = new LinkedHashMap<>();
        steps.put("start-apiserver-admission-initializer", done.accessControlComplete);
        steps.put("generic-apiserver-start-informers", log::open);
        steps.put("storage-readiness", datastore);
        steps.put("start-apiextensions-informers", definitions);
        steps.put("start-apiextensions-controllers", definitions);
        steps.put("crd-informer-synced", definitions);
        // the plug-in that gives Services their addresses also keeps the records of them
        steps.put("start-service-ip-repair-controllers", done.accessControlComplete);
        steps.put("rbac/bootstrap-roles", done.accessControlComplete);
        steps.put("scheduling/bootstrap-system-priority-classes", new Once(this::priorities));
        steps.put("bootstrap-controller", done.namespaces);
        steps.put("start-system-namespaces-controller", done.namespaces);
        steps.put("start-cluster-authentication-info-controller", aggregator);
        steps.put("start-kube-aggregator-informers", aggregator);
        steps.put("apiservice-registration-controller", aggregator);
        steps.put("apiservice-status-local-available-controller", aggregator);
        steps.put("apiservice-status-remote-available-controller", aggregator);
        steps.put("kube-apiserver-autoregistration",
                new Once(() -> registration(Set.of(HealthLevel.OK, HealthLevel.DEGRADED))));
        steps.put("apiservice-openapi-controller", aggregator);
        Map<String, BooleanSupplier> checks = new LinkedHashMap<>();
        steps.forEach((name, step) -> checks.put("poststarthook/" + name, step));
        checks.put("autoregister-completion", new Once(() -> registration(Set.of(HealthLevel.OK))));
        return checks;
    }

    private boolean priorities() {
        return contributions.kinds().listed().stream().filter(kind -> kind.gvr().equals(PRIORITY_CLASSES))
                .allMatch(kind -> SYSTEM_PRIORITIES.stream()
                        .allMatch(name -> log.newest().tree().get(StorageKeys.of(kind, Key.of(name))) != null));
    }

    private boolean registration(Set<HealthLevel> levels) {
        return !contributions.aggregator().isWanted() || health.reports().stream()
                .anyMatch(report -> report.component().equals(REGISTRATION) && levels.contains(report.level()));
    }
}
