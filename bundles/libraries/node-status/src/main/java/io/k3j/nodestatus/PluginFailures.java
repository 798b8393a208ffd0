package io.k3j.nodestatus;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.WriteOptions;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthReport;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.Times;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Tells on the Node which plug-ins of this process do not run: the condition `PluginFailed`, and an Event for each
/// that begins or ceases to fail. A Node without the condition gets none as long as nothing has failed. For one thread.
public final class PluginFailures {
    static final String TYPE = "PluginFailed";
    private static final System.Logger LOG = System.getLogger("io.k3j.kubelet");
    private static final Gvr NODES = new Gvr("", "v1", "nodes");
    private static final Duration EVERY = Duration.ofSeconds(2);
    /// How often the Node is looked at while something fails: it may have been made anew, without the condition.
    private static final Duration AGAIN = Duration.ofSeconds(30);
    /// The condition is for people, and goes to every watcher of nodes.
    private static final int MOST_CHARS = 1_024;
    private final ApiClient api;
    private final String node;
    private final Health health;
    private final Events events;
    private final InstantSource clock;
    /// What the Node says; null when that is not known yet.
    private @Nullable Map<String, String> told;
    private Instant toldAt = Instant.EPOCH;

    /// @param api as the node itself
    /// @param node its name
    public PluginFailures(ApiClient api, String node, Health health, Events events, InstantSource clock) {
        this.api = api;
        this.node = node;
        this.health = health;
        this.events = events;
        this.clock = clock;
    }

    /// Looks until it is closed.
    public void run(CountDownLatch closed) throws InterruptedException {
        do {
            look();
        } while (!closed.await(EVERY.toMillis(), TimeUnit.MILLISECONDS));
    }

    /// Looks once; what cannot be written now is written at a later look.
    void look() {
        Map<String, String> now = failed();
        Map<String, String> before = told;
        boolean due = !now.isEmpty() && !clock.instant().isBefore(toldAt.plus(AGAIN));
        if (now.equals(before) && !due) {
            return;
        }
        try {
            Optional<Obj> found = api.find(NODES, Key.of(node));
            if (found.isEmpty()) {
                return;
            }
            write(found.get(), text(now));
            told = now;
            toldAt = clock.instant();
            tell(before == null ? Map.of() : before, now);
        } catch (ApiFault e) {
            LOG.log(System.Logger.Level.DEBUG, "Failed plugins are not told yet", e);
        }
    }

    private Map<String, String> failed() {
        Map<String, String> failed = new TreeMap<>();
        for (HealthReport report : health.reports()) {
            boolean plugin = report.bundleId() < 0 && report.component().startsWith(HealthReport.PLUGIN);
            if (plugin && report.level() != HealthLevel.OK) {
                failed.put(report.component().substring(HealthReport.PLUGIN.length()), report.message());
            }
        }
        return failed;
    }

    private static String text(Map<String, String> failed) {
        String text = failed.entrySet().stream().map(one -> one.getKey() + ": " + one.getValue())
                .collect(Collectors.joining("; "));
        return text.length() > MOST_CHARS ? text.substring(0, MOST_CHARS) : text;
    }

    private void write(Obj object, String text) {
        Seq conditions = object.status().seq("conditions");
        Struct before = conditions.find("type", TYPE);
        String status = text.isEmpty() ? "False" : "True";
        String message = text.isEmpty() ? "all plugins run" : text;
        if (before.isEmpty() && text.isEmpty()
                || before.text("status").equals(status) && before.text("message").equals(message)) {
            return;
        }
        String now = Times.seconds(clock.instant());
        boolean same = before.text("status").equals(status);
        Seq kept = Seq.EMPTY;
        for (Struct one : conditions.structs()) {
            kept = one.text("type").equals(TYPE) ? kept : kept.plus(one);
        }
        Struct condition = Struct.of("type", TYPE, "status", status, "lastHeartbeatTime", now, "lastTransitionTime",
                same ? before.text("lastTransitionTime") : now, "reason",
                text.isEmpty() ? "PluginsRun" : "PluginsDoNotRun", "message", message);
        api.update(NODES, object.with(kept.plus(condition), "status", "conditions"), WriteOptions.STATUS);
    }

    private void tell(Map<String, String> before, Map<String, String> now) {
        now.forEach((file, reason) -> {
            if (!reason.equals(before.get(file))) {
                event("Warning", TYPE, file + ": " + reason);
            }
        });
        before.keySet().stream().filter(file -> !now.containsKey(file))
                .forEach(file -> event("Normal", "PluginRecovered", file + " runs, or is not there any more"));
    }

    private void event(String type, String reason, String message) {
        events.tell(Struct.of("kind", "Node", "name", node, "uid", node), type, reason, message);
    }
}
