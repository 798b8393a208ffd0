package io.k3j.audit;

import java.time.Duration;
import java.util.List;

/// The flags that each place has where events go: `audit-log-…` and `audit-webhook-…`.
/// @param plugin `log` or `webhook`
/// @param mode `batch`, `blocking` or `blocking-strict`
/// @param batch used in the mode `batch`
/// @param truncation how large an event may be
/// @param mostBatchBytes of a batch, unless it is one event
record SinkOptions(String plugin, String mode, EventQueue.Config batch, Truncation truncation, int mostBatchBytes) {
    /// What a log has where no flag says otherwise: it gains nothing from batches.
    static final SinkOptions LOG = defaults(AuditMetrics.LOG, "blocking",
            new EventQueue.Config(10_000, 1, Duration.ZERO, false, 0, 0));
    /// The same for a webhook.
    static final SinkOptions WEBHOOK = defaults(AuditMetrics.WEBHOOK, "batch",
            new EventQueue.Config(10_000, 400, Duration.ofSeconds(30), true, 10, 15));
    private static final List<String> MODES = List.of("batch", "blocking", "blocking-strict");
    private static final int MOST_BATCH_BYTES = 10 << 20;
    private static final int MOST_EVENT_BYTES = 100 << 10;
    private static final String VERSION = "audit.k8s.io/v1";

    private static SinkOptions defaults(String plugin, String mode, EventQueue.Config batch) {
        return new SinkOptions(plugin, mode, batch, new Truncation(false, MOST_EVENT_BYTES), MOST_BATCH_BYTES);
    }

    /// With what flags say.
    SinkOptions with(AuditFlags flags) {
        String prefix = "audit-" + plugin + "-";
        String of = prefix + "batch-";
        EventQueue.Config given = new EventQueue.Config(flags.whole(of + "buffer-size", batch.bufferSize()),
                flags.whole(of + "max-size", batch.mostEvents()), flags.duration(of + "max-wait", batch.mostWait()),
                flags.flag(of + "throttle-enable", batch.throttled()),
                flags.real(of + "throttle-qps", batch.perSecond()), flags.whole(of + "throttle-burst", batch.burst()));
        return new SinkOptions(plugin, flags.text(prefix + "mode", mode), given,
                new Truncation(flags.flag(prefix + "truncate-enabled", truncation.enabled()),
                        flags.whole(prefix + "truncate-max-event-size", truncation.mostBytes())),
                flags.whole(prefix + "truncate-max-batch-size", mostBatchBytes));
    }

    boolean inBatches() {
        return mode.equals("batch");
    }

    boolean strict() {
        return mode.equals("blocking-strict");
    }

    /// Tells what is wrong.
    void check(AuditFlags flags) {
        if (!MODES.contains(mode)) {
            flags.problem("invalid audit " + plugin + " mode " + mode + ", allowed modes are \""
                    + String.join(",", MODES) + "\"");
        } else if (inBatches()) {
            checkBatch(flags);
        }
        if (truncation.mostBytes() <= 0) {
            flags.problem("invalid audit truncate " + plugin + " max event size " + truncation.mostBytes()
                    + ", must be a positive number");
        } else if (mostBatchBytes < truncation.mostBytes()) {
            flags.problem("invalid audit truncate " + plugin + " max batch size " + mostBatchBytes
                    + ", must be greater than max event size (" + truncation.mostBytes() + ")");
        }
        if (!flags.text("audit-" + plugin + "-version", VERSION).equals(VERSION)) {
            flags.problem("invalid group version, allowed versions are [\"" + VERSION + "\"]");
        }
    }

    private void checkBatch(AuditFlags flags) {
        positive(flags, "buffer size", batch.bufferSize());
        positive(flags, "max batch size", batch.mostEvents());
        if (batch.throttled()) {
            positive(flags, "throttle QPS", batch.perSecond());
            positive(flags, "throttle burst", batch.burst());
        }
    }

    private void positive(AuditFlags flags, String what, Number value) {
        if (value.doubleValue() <= 0) {
            flags.problem("invalid audit batch " + plugin + " " + what + " " + value + ", must be a positive number");
        }
    }
}
