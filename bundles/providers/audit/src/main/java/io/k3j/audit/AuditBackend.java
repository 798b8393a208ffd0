package io.k3j.audit;

import io.k3j.apiserverapi.Audit;
import io.k3j.apiserverapi.Authorizer.Attributes;
import io.k3j.apiserverapi.Caller;
import io.k3j.codec.Json;
import io.k3j.componentapi.Health;
import io.k3j.model.Struct;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Records events in the log, in one of upstream's modes:
///
/// | mode | a request | an event that cannot be written |
/// |---|---|---|
/// | `blocking` | waits until it is written | is lost and counted |
/// | `blocking-strict` | waits until it is written | fails the request, when it comes |
/// | `batch` | does not wait | is lost and counted, and so is one for which there is no room |
///
/// Any thread.
final class AuditBackend implements Audit, AutoCloseable {
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
                ? new EventQueue(options.batch(), writer::write, health, System::nanoTime).started() : null;
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
        Taken taken = line == null ? lost(AuditMetrics.TRUNCATE) : written(line, event);
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
                case FULL -> lost(AuditMetrics.BUFFERED);
                case CLOSED -> Taken.CLOSED;
            };
        }
        return switch (writer.write(line)) {
            case YES -> Taken.TAKEN;
            case NO -> failed(event);
            case CLOSED -> Taken.CLOSED;
        };
    }

    /// Truncated and dropped events do not fail a request, as upstream.
    private Taken lost(String part) {
        metrics.lost(part);
        return Taken.TAKEN;
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

    /// The event as it stands in the log; null when it is too large.
    private byte @Nullable [] line(Struct event) {
        byte[] json = Json.bytes(event);
        Struct shown = event;
        if (!options.truncation().fits(json)) {
            shown = Truncation.truncated(event);
            json = Json.bytes(shown);
            if (!options.truncation().fits(json)) {
                return null;
            }
        }
        byte[] text = options.format().equals("legacy") ? LegacyFormat.line(shown).getBytes(StandardCharsets.UTF_8)
                : json;
        byte[] line = Arrays.copyOf(text, text.length + 1);
        line[text.length] = '\n';
        return line;
    }

    /// Takes nothing more; what waits is written.
    @Override
    public void close() {
        EventQueue batch = queue;
        if (batch != null) {
            batch.close();
        }
        writer.close();
    }
}
