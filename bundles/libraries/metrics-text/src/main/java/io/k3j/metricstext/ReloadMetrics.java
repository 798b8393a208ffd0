package io.k3j.metricstext;

import io.k3j.metricstext.MetricText.Type;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/// How a configuration file was taken up, under the names upstream's API server has for those of authentication,
/// authorization and encryption (<https://kubernetes.io/docs/reference/instrumentation/metrics/>). Any thread; nothing
/// blocks.
public final class ReloadMetrics {
    private static final String SERVER = "apiserver_id_hash";
    private final String what;
    /// What the first two families are for.
    private final List<String> help;
    private final String server;
    private final InstantSource clock;
    private final Outcome reloaded = new Outcome("success");
    private final Outcome refused = new Outcome("failure");
    private volatile String configuration = "";

    private static final class Outcome {
        private final String status;
        private final LongAdder times = new LongAdder();
        /// Seconds since 1970; 0 for never.
        private volatile double last;

        Outcome(String status) {
            this.status = status;
        }

        void at(double seconds) {
            last = seconds;
            times.increment();
        }
    }

    /// None yet.
    ///
    /// @param what `authentication` or `authorization`
    /// @param server the identity of this API server ([ApiServerId]), which is shown as its hash
    public ReloadMetrics(String what, String server, InstantSource clock) {
        this(what, List.of("Total number of automatic reloads of " + what
                + " configuration split by status and apiserver identity.",
                "Timestamp of the last automatic reload of "
                        + what + " configuration split by status and apiserver identity."),
                server, clock);
    }

    /// Those of encryption, which upstream describes in other words.
    public static ReloadMetrics ofEncryption(String server, InstantSource clock) {
        return new ReloadMetrics("encryption", List.of("Total number of reload successes and failures of encryption"
                + " configuration split by apiserver identity.",
                "Timestamp of the last successful or failed automatic"
                        + " reload of encryption configuration split by apiserver identity."),
                server, clock);
    }

    private ReloadMetrics(String what, List<String> help, String server, InstantSource clock) {
        this.what = what;
        this.help = help;
        this.server = Hashes.label(server);
        this.clock = clock;
    }

    /// A file is in use; without bytes none is, and nothing is shown.
    public void configured(byte[] file) {
        configuration = Hashes.label(file);
    }

    /// A changed file is in use.
    public void reloaded(byte[] file) {
        configured(file);
        reloaded.at(now());
    }

    /// A changed file cannot be used.
    public void failed() {
        refused.at(now());
    }

    private double now() {
        return clock.instant().toEpochMilli() / 1e3;
    }

    /// Adds the three families, once a file is in use.
    public void text(MetricText text) {
        if (configuration.isEmpty()) {
            return;
        }
        String prefix = "apiserver_" + what + "_config_controller_";
        text.family(prefix + "automatic_reloads_total", Type.COUNTER, help.getFirst());
        times(text, refused);
        times(text, reloaded);
        text.family(prefix + "automatic_reload_last_timestamp_seconds", Type.GAUGE, help.getLast());
        last(text, refused);
        last(text, reloaded);
        text.family(prefix + "last_config_info", Type.GAUGE, "Information about the last applied " + what
                + " configuration with hash as label, split by apiserver identity.")
                .value(1, SERVER, server, "hash", configuration);
    }

    private void times(MetricText text, Outcome outcome) {
        if (outcome.times.sum() > 0) {
            text.value(outcome.times.sum(), "status", outcome.status, SERVER, server);
        }
    }

    private void last(MetricText text, Outcome outcome) {
        if (outcome.last > 0) {
            text.value(outcome.last, "status", outcome.status, SERVER, server);
        }
    }
}
