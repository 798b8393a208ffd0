package io.k3j.encryptionproviders;

import io.k3j.componentapi.Metrics;
import io.k3j.metricstext.Hashes;
import io.k3j.metricstext.MetricText;
import io.k3j.metricstext.MetricText.Type;
import java.time.InstantSource;
import java.util.concurrent.atomic.LongAdder;

/// Counts under upstream's names. Any thread.
final class EncryptionMetrics implements Metrics {
    private static final String RELOADS = "apiserver_encryption_config_controller_";
    private static final String SERVER = "apiserver_id_hash";
    private final InstantSource clock;
    private final String server;
    private final Outcome reloaded = new Outcome("success");
    private final Outcome refused = new Outcome("failure");
    private volatile String configuration = "";

    /// How often something came out in one way, and when it did last.
    private static final class Outcome {
        private final String status;
        private final LongAdder times = new LongAdder();
        private volatile double last;

        Outcome(String status) {
            this.status = status;
        }

        void at(double seconds) {
            last = seconds;
            times.increment();
        }
    }

    /// @param server the identity of this API server
    EncryptionMetrics(String server, InstantSource clock) {
        this.server = Hashes.label(server);
        this.clock = clock;
    }

    private double now() {
        return clock.instant().toEpochMilli() / 1e3;
    }

    /// A configuration is in use.
    void configured(byte[] file) {
        configuration = Hashes.label(file);
    }

    /// A changed file is in use.
    void reloaded(byte[] file) {
        configured(file);
        reloaded.at(now());
    }

    /// A changed file cannot be used.
    void reloadFailed() {
        refused.at(now());
    }

    @Override
    public String text() {
        MetricText text = new MetricText();
        text.family(RELOADS + "automatic_reloads_total", Type.COUNTER,
                "Total number of reload successes and failures of"
                        + " encryption configuration split by apiserver identity.");
        times(text, refused);
        times(text, reloaded);
        text.family(RELOADS + "automatic_reload_last_timestamp_seconds", Type.GAUGE, "Timestamp of the last successful"
                + " or failed automatic reload of encryption configuration split by apiserver identity.");
        last(text, refused);
        last(text, reloaded);
        text.family(RELOADS + "last_config_info", Type.GAUGE, "Information about the last applied encryption"
                + " configuration with hash as label, split by apiserver identity.")
                .value(1, SERVER, server, "hash", configuration);
        return text.toString();
    }

    private void times(MetricText text, Outcome outcome) {
        if (outcome.times.sum() > 0) {
            text.value(outcome.times.sum(), "status", outcome.status, SERVER, server);
        }
    }

    private void last(MetricText text, Outcome outcome) {
        if (outcome.times.sum() > 0) {
            text.value(outcome.last, "status", outcome.status, SERVER, server);
        }
    }
}
