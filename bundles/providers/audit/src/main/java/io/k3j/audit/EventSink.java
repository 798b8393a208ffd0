package io.k3j.audit;

import io.k3j.apiserverapi.Audit.Taken;
import io.k3j.codec.Json;
import io.k3j.componentapi.Health;
import io.k3j.model.Struct;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One of the places where events go, in one of upstream's modes:
///
/// | mode | a request | an event that cannot be written |
/// |---|---|---|
/// | `blocking` | waits until it is written | is lost and counted |
/// | `blocking-strict` | waits until it is written | fails the request, when it comes |
/// | `batch` | does not wait | is lost and counted, and so is one for which there is no room |
///
/// One that is too large becomes smaller, see [Truncation]. Any thread.
final class EventSink implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.audit");
    /// Batches of a webhook that are on their way at once: one that is slow delays others no sooner.
    private static final int WEBHOOK_LANES = 16;
    private final SinkOptions options;
    private final EventForm form;
    private final EventOutput output;
    private final AuditMetrics metrics;
    private final @Nullable EventQueue queue;

    /// @param output closed with this
    EventSink(SinkOptions options, EventForm form, EventOutput output, AuditMetrics metrics, Health health) {
        this(options, form, output, metrics, health, EventQueue.END);
    }

    /// @param end how long a queue is written at the end
    @SuppressWarnings("checkstyle:ParameterNumber") // each comes from elsewhere
    EventSink(SinkOptions options, EventForm form, EventOutput output, AuditMetrics metrics, Health health,
            Duration end) {
        this.options = options;
        this.form = form;
        this.output = output;
        this.metrics = metrics;
        this.queue = options.inBatches()
                ? new EventQueue(options.batch(), lanes(options, end), this::batch, health, System::nanoTime).started()
                : null;
    }

    private static EventQueue.Lanes lanes(SinkOptions options, Duration end) {
        return options.plugin().equals(AuditMetrics.LOG)
                ? new EventQueue.Lanes("audit-queue", 1, options.mostBatchBytes(), end)
                : new EventQueue.Lanes("audit-webhook-queue", WEBHOOK_LANES, options.mostBatchBytes(), end);
    }

    Taken take(Struct event) {
        byte[] bytes = bytes(form.part(event));
        return bytes == null ? failed(AuditMetrics.TRUNCATE) : written(bytes);
    }

    private Taken written(byte[] bytes) {
        EventQueue batch = queue;
        if (batch != null) {
            return switch (batch.offer(bytes)) {
                case QUEUED -> Taken.TAKEN;
                case FULL -> failed(AuditMetrics.BUFFERED);
                case CLOSED -> Taken.CLOSED;
            };
        }
        return switch (output.write(List.of(bytes)).getFirst()) {
            case YES -> Taken.TAKEN;
            case NO -> failed();
            case CLOSED -> Taken.CLOSED;
        };
    }

    /// It has closed, while another one took the event.
    Taken missed() {
        return failed(options.plugin());
    }

    private void batch(List<byte[]> events) {
        lost(Collections.frequency(output.write(events), EventOutput.Written.CLOSED));
    }

    private void lost(int events) {
        for (int i = 0; i < events; i++) {
            metrics.lost(AuditMetrics.BUFFERED);
        }
        if (events > 0) {
            LOG.log(System.Logger.Level.WARNING, "Audit events are lost at the end count={0} plugin={1}", events,
                    options.plugin());
        }
    }

    private Taken failed(String part) {
        metrics.lost(part);
        return failed();
    }

    private Taken failed() {
        return options.strict() ? Taken.FAILED : Taken.TAKEN;
    }

    /// An event in the sink's form: whole, else without its bodies, else shortened; null when it is too large even
    /// then.
    private byte @Nullable [] bytes(Struct event) {
        byte[] bytes = fitting(event);
        if (bytes == null) {
            bytes = fitting(Truncation.withoutBodies(event));
        }
        return bytes == null ? fitting(Truncation.shortened(event)) : bytes;
    }

    private byte @Nullable [] fitting(Struct event) {
        byte[] json = Json.bytes(event);
        return options.truncation().fits(json) ? form.bytes(event, json) : null;
    }

    /// Lets nothing wait any more; takes on.
    void hurry() {
        output.hurry();
        EventQueue batch = queue;
        if (batch != null) {
            batch.hurry();
        }
    }

    /// Waits until nothing waits; takes on meanwhile.
    void drain(Duration limit) {
        EventQueue batch = queue;
        if (batch != null) {
            batch.drain(limit);
        }
    }

    /// Takes nothing more; what waits is written, for a moment.
    @Override
    public void close() {
        EventQueue batch = queue;
        if (batch != null) {
            lost(batch.end());
        }
        output.close();
    }
}
