package io.k3j.encryptionproviders;

import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthScope;
import io.k3j.encryption.EnvelopeTransformer;
import io.k3j.encryption.UnreadableRow;
import io.k3j.encryptionproviders.KmsProvider.Environment;
import io.k3j.encryptionproviders.KmsProvider.Timing;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The KMS providers in use. A changed file keeps those that it names unchanged, with their seeds and keys; new ones
/// have to be healthy before they are used, as upstream. The health of `kms-providers` is that of all.
///
/// Providers tell their health from threads of their own; everything else is called by one thread after another.
final class KmsProviders implements AutoCloseable {
    /// Upstream's name of the check.
    static final String CHECK = "kms-providers";
    private final Health health;
    private final Environment environment;
    private volatile List<KmsProvider> used = List.of();
    private volatile @Nullable HealthScope scope;
    private volatile boolean started;

    KmsProviders(Health health, EnvelopeMetrics metrics, Timing timing) {
        this.health = health;
        this.environment = new Environment(metrics, health, timing, System::nanoTime, this::report);
    }

    /// Those of a file that is being read.
    final class Draft {
        private final Map<KmsConfiguration, KmsProvider> named = new LinkedHashMap<>();
        private final List<KmsProvider> fresh = new ArrayList<>();

        /// One that the file names.
        EnvelopeTransformer of(KmsConfiguration configuration) {
            return named.computeIfAbsent(configuration, this::known);
        }

        private KmsProvider known(KmsConfiguration configuration) {
            for (KmsProvider provider : used) {
                if (provider.configuration().equals(configuration)) {
                    return provider;
                }
            }
            KmsProvider made = new KmsProvider(configuration, environment);
            fresh.add(made);
            return made;
        }

        /// Asks the new ones; blocks for their calls.
        /// @throws IOException when one is not healthy
        void check() throws IOException {
            for (KmsProvider provider : fresh) {
                String problem = provider.check();
                if (!problem.isEmpty()) {
                    throw new IOException(problem);
                }
            }
        }

        /// Why a row was not opened: when the plug-in that was to open it is wrong with what it encrypts itself, too,
        /// the row need not be damaged, and is [UnreadableRow#passing]. Blocks for the plug-in's calls.
        UnreadableRow blamed(byte[] row, UnreadableRow why) {
            boolean wrong = !why.passing() && named.values().stream().filter(provider -> provider.wrote(row))
                    .anyMatch(provider -> !provider.check().isEmpty());
            return wrong ? UnreadableRow.passing("", why.getMessage() + "; its KMS plug-in is not healthy", "Unknown")
                    : why;
        }

        /// From now on these.
        void use() {
            List<KmsProvider> before = used;
            used = List.copyOf(named.values());
            if (started) {
                fresh.forEach(KmsProvider::start);
            }
            report();
            before.stream().filter(provider -> !named.containsValue(provider)).forEach(KmsProvider::close);
        }

        /// Forgets the new ones.
        void discard() {
            fresh.forEach(KmsProvider::close);
        }
    }

    /// For another file.
    Draft draft() {
        return new Draft();
    }

    /// Begins to ask the plug-ins.
    ///
    /// @param always whether the check is there without any, as where the file may change
    void start(boolean always) {
        started = true;
        if (always || !used.isEmpty()) {
            scope = health.scope(CHECK);
            report();
        }
        used.forEach(KmsProvider::start);
    }

    /// One after the other, so that the last that is told is how they are.
    private synchronized void report() {
        HealthScope to = scope;
        if (to == null) {
            return;
        }
        List<String> problems = new ArrayList<>();
        List<KmsProvider> now = used;
        for (int i = 0; i < now.size(); i++) {
            String problem = now.get(i).problem();
            if (problem == null) {
                // it is told once all were asked
                return;
            }
            if (!problem.isEmpty()) {
                problems.add("kms-provider-" + i + ": " + problem);
            }
        }
        if (problems.isEmpty()) {
            to.ok();
        } else {
            to.degraded(String.join(", ", problems));
        }
    }

    @Override
    public void close() {
        used.forEach(KmsProvider::close);
        forget();
    }

    /// A check that is late tells nothing any more.
    private synchronized void forget() {
        HealthScope to = scope;
        scope = null;
        if (to != null) {
            to.close();
        }
    }
}
