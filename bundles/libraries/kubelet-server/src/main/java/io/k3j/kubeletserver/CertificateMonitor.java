package io.k3j.kubeletserver;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.Events;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.pki.CertificateExpiration;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// K3s' certificate monitor: looks every half an hour at the certificates of this node, on a server at those of the
/// server and of the cluster's authorities too, tells metrics how long they live on, and tells on the Node by Events
/// which of them end soon ([CertificateExpiration]). What is told again is the same Event, counted up; a monitor that
/// is started anew begins with new ones. See <https://docs.k3s.io/cli/certificate>.
///
/// [#run] takes one thread, which the disk and the API block; any thread may ask for [#text].
public final class CertificateMonitor {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubelet");
    /// Events that are written while the API server is away are lost, so it is asked before and then again.
    private static final Duration AGAIN = Duration.ofSeconds(5);
    private final Path dataDir;
    private final String node;
    private final ApiClient api;
    private final Events events;
    private final InstantSource clock;
    private final CertificateMetrics metrics;
    /// Until something was told. One thread has it.
    private boolean first = true;

    /// Looks at nothing yet.
    ///
    /// @param dataDir `--data-dir`
    /// @param node its name
    /// @param api as the node itself
    /// @param events of this node, written by somebody else
    /// @param clock of the time of day
    public CertificateMonitor(Path dataDir, String node, ApiClient api, Events events, InstantSource clock) {
        this.dataDir = dataDir;
        this.node = node;
        this.api = api;
        this.events = events;
        this.clock = clock;
        this.metrics = new CertificateMetrics(clock);
    }

    /// Looks at the files again and again until it is told to end.
    ///
    /// @param closed reaches zero then
    public void run(CountDownLatch closed) throws InterruptedException {
        Duration pause;
        do {
            pause = look() ? CertificateExpiration.PERIOD : AGAIN;
        } while (!closed.await(pause.toMillis(), TimeUnit.MILLISECONDS));
    }

    /// Looks once.
    /// @return false when nothing could be told because the API server does not answer; metrics know what was found
    boolean look() {
        CertificateExpiration found = CertificateExpiration.read(dataDir);
        found.unreadable().forEach(
                why -> LOG.log(System.Logger.Level.DEBUG, "Cannot look at a certificate error={0}", why));
        metrics.set(found.certificates());
        if (!answered()) {
            return false;
        }
        for (CertificateExpiration.Notice notice : found.notices(clock.instant(), first)) {
            events.tellWhole(CertificateExpiration.MONITOR, Struct.of("kind", "Node", "name", node, "uid", node),
                    notice.type(), notice.reason(), notice.message());
        }
        first = false;
        return true;
    }

    /// Whether the API server serves this node, which need not be registered.
    private boolean answered() {
        try {
            Optional<Obj> own = api.find(BuiltinResources.NODES, Key.of(node));
            LOG.log(System.Logger.Level.DEBUG, "Looked at certificates node={0} registered={1}", node,
                    own.isPresent());
            return true;
        } catch (ApiFault away) {
            LOG.log(System.Logger.Level.DEBUG, "Certificates are not told of yet error={0}", away.getMessage());
            return false;
        }
    }

    /// Prometheus text, of the certificates that were there at the last look. Does not block.
    public String text() {
        return metrics.text();
    }
}
