package io.k3j.audit;

import io.k3j.apiserverapi.Audit.Level;
import io.k3j.componentapi.Metrics;
import io.k3j.metricstext.MetricText;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/// Counts under upstream's names. Any thread.
final class AuditMetrics implements Metrics {
    /// The parts that may lose an event, by upstream's names of their plug-ins.
    static final String LOG = "log";
    static final String BUFFERED = "buffered";
    static final String TRUNCATE = "truncate";
    static final String WEBHOOK = "webhook";
    private final LongAdder events = new LongAdder();
    private final LongAdder rejected = new LongAdder();
    private final Map<Level, LongAdder> levels = new EnumMap<>(Level.class);
    private final Map<String, LongAdder> errors = Map.of(LOG, new LongAdder(), BUFFERED, new LongAdder(), TRUNCATE,
            new LongAdder(), WEBHOOK, new LongAdder());

    AuditMetrics() {
        for (Level level : Level.values()) {
            levels.put(level, new LongAdder());
        }
    }

    void event() {
        events.increment();
    }

    void rejected() {
        rejected.increment();
    }

    void level(Level level) {
        Objects.requireNonNull(levels.get(level)).increment();
    }

    /// An event is lost.
    /// @param part one of the constants
    void lost(String part) {
        Objects.requireNonNull(errors.get(part)).increment();
    }

    /// How many are lost.
    long lost() {
        return errors.values().stream().mapToLong(LongAdder::sum).sum();
    }

    @Override
    public String text() {
        MetricText text = new MetricText();
        text.family("apiserver_audit_error_total", MetricText.Type.COUNTER, "Counter of audit events that failed to be"
                + " audited properly. Plugin identifies the plugin affected by the error.");
        List.of(BUFFERED, LOG, TRUNCATE, WEBHOOK).forEach(part -> text.value(of(errors, part), "plugin", part));
        text.family("apiserver_audit_event_total", MetricText.Type.COUNTER,
                "Counter of audit events generated and sent to the audit backend.").value(events.sum());
        text.family("apiserver_audit_level_total", MetricText.Type.COUNTER,
                "Counter of policy levels for audit events (1 per request).");
        text.value(of(levels, Level.METADATA), "level", "Metadata").value(of(levels, Level.NONE), "level", "None")
                .value(of(levels, Level.REQUEST), "level", "Request")
                .value(of(levels, Level.REQUEST_RESPONSE), "level", "RequestResponse");
        text.family("apiserver_audit_requests_rejected_total", MetricText.Type.COUNTER, "Counter of apiserver requests"
                + " rejected due to an error in audit logging backend.").value(rejected.sum());
        return text.toString();
    }

    private static <K> long of(Map<K, LongAdder> counted, K key) {
        return Objects.requireNonNull(counted.get(key)).sum();
    }
}
