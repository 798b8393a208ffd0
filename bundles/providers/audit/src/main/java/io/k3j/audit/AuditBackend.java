package io.k3j.audit;

import io.k3j.apiserverapi.Audit;
import io.k3j.apiserverapi.Authorizer.Attributes;
import io.k3j.apiserverapi.Caller;
import io.k3j.codec.Json;
import io.k3j.componentapi.Health;
import io.k3j.model.Struct;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Records events in the log, in one of upstream's modes:
///
/// | mode | a request | an event that cannot be written |
/// |---|---|---|
/// | `blocking` | waits until it is written | is lost and counted |
/// | `blocking-strict` | waits until it is written | fails the request, when it comes |
/// | `batch` | does not wait | is lost and counted, and so is one for which there is no room |
///
/// One that is too large becomes smaller, see [Truncation]. Any thread.
final class AuditBackend implements Audit, AutoCloseable {
    /// How long a queue that is to end is waited for.
    private static final Duration DRAIN = Duration.ofMillis(1_500);
    private static final System.Logger LOG = System.getLogger("io.k3j.audit");
    private final AuditPolicy policy;
    private final AuditOptions options;
    private final AuditMetrics metrics;
    private final AuditWriter writer;
    private final @Nullable EventQueue queue;

    AuditBackend(AuditPolicy policy, AuditOptions options, AuditMetrics metrics, AuditWriter writer, Health health) {
        this.policy = policy;
        this.options = options;
        this.metrics = metrics;
        this.writer = writer;
        this.queue = options.mode().equals("batch")
                ? new EventQueue(options.batch(), this::batch, health, System::nanoTime).started() : null;
    }

    @Override
    public Rule rule(@Nullable Caller caller, Attributes what) {
        Rule rule = policy.rule(caller, what);
        metrics.level(rule.level());
        return rule;
    }

    @Override
    public Taken take(Struct event) {
        byte[] line = line(event);
        Taken taken = line == null ? failed(event, AuditMetrics.TRUNCATE) : written(line, event);
        if (taken != Taken.CLOSED) {
            metrics.event();
        }
        return taken;
    }

    private Taken written(byte[] line, Struct event) {
        EventQueue batch = queue;
        if (batch != null) {
            return switch (batch.offer(line)) {
                case QUEUED -> Taken.TAKEN;
                case FULL -> failed(event, AuditMetrics.BUFFERED);
                case CLOSED -> Taken.CLOSED;
            };
        }
        return switch (writer.write(line)) {
            case YES -> Taken.TAKEN;
            case NO -> failed(event);
            case CLOSED -> Taken.CLOSED;
        };
    }

    private void batch(List<byte[]> lines) {
        int closed = Collections.frequency(writer.write(lines), AuditWriter.Written.CLOSED);
        lost(closed);
    }

    private void lost(int events) {
        for (int i = 0; i < events; i++) {
            metrics.lost(AuditMetrics.BUFFERED);
        }
        if (events > 0) {
            LOG.log(System.Logger.Level.WARNING, "Audit events are lost at the end count={0}", events);
        }
    }

    private Taken failed(Struct event, String part) {
        metrics.lost(part);
        return failed(event);
    }

    private Taken failed(Struct event) {
        if (!options.mode().equals("blocking-strict")) {
            return Taken.TAKEN;
        }
        if (event.text("stage").equals("RequestReceived")) {
            metrics.rejected();
        }
        return Taken.FAILED;
    }

    /// The line of an event without its end: whole, else without its bodies, else shortened; null when it is too large
    /// even then.
    private byte @Nullable [] line(Struct event) {
        byte[] line = fitting(event);
        if (line == null) {
            line = fitting(Truncation.withoutBodies(event));
        }
        return line == null ? fitting(Truncation.shortened(event)) : line;
    }

    private byte @Nullable [] fitting(Struct event) {
        byte[] json = Json.bytes(event);
        if (!options.truncation().fits(json)) {
            return null;
        }
        byte[] line = options.format().equals("legacy") ? LegacyFormat.line(event).getBytes(StandardCharsets.UTF_8)
                : json;
        return line.length < options.mostLineBytes() ? line : null;
    }

    /// Writes what waits, and takes on meanwhile: while this is going on nobody has to wait for a successor.
    void drain() {
        EventQueue batch = queue;
        if (batch != null) {
            batch.drain(DRAIN);
        }
    }

    /// Takes nothing more; what waits is written, for a moment.
    @Override
    public void close() {
        EventQueue batch = queue;
        if (batch != null) {
            lost(batch.end());
        }
        writer.close();
    }
}
