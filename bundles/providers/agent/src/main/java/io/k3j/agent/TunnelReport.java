package io.k3j.agent;

import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthScope;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What is said of a server to which this node has no tunnel: each reason once in the log, and after half a minute a
/// report of its own, until the tunnel is there. For one thread.
///
/// A server that starts again is back before that, and a new version of this bundle is not held up by one that is away.
final class TunnelReport {
    private static final System.Logger LOG = System.getLogger("io.k3j.agent");
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /// Reasons that are told while there is no tunnel.
    private static final int MOST_TOLD = 10;

    private final String server;
    private final Health health;
    private final InstantSource clock;
    private final Set<String> told = new HashSet<>();
    /// When there was none at first; null while there is one.
    private @Nullable Instant since;
    /// There once it is said, or was.
    private @Nullable HealthScope scope;

    /// There is no tunnel yet.
    /// @param server as `host:port`
    /// @param clock one that nobody sets
    TunnelReport(String server, Health health, InstantSource clock) {
        this.server = server;
        this.health = health;
        this.clock = clock;
    }

    /// The tunnel has been made.
    void made() {
        told.clear();
        since = null;
        HealthScope reported = scope;
        if (reported != null) {
            reported.ok();
        }
    }

    /// It has ended.
    void lost() {
        since = clock.instant();
    }

    /// It could not be made. In K3s' words.
    void failed(String why) {
        if (told.size() < MOST_TOLD && told.add(why)) {
            LOG.log(Level.WARNING, "Remotedialer proxy error; reconnecting... server={0} error={1}", server, why);
        }
        Instant now = clock.instant();
        Instant begun = since == null ? now : since;
        since = begun;
        if (!now.isBefore(begun.plus(PATIENCE))) {
            HealthScope reported = scope == null ? health.scope("tunnel-" + server) : scope;
            scope = reported;
            reported.degraded("no tunnel to " + server + ": " + why + "; logs, exec and port-forward by that server"
                    + " fail for pods of this node");
        }
    }

    /// The server is none any more, or the agent stops.
    void close() {
        HealthScope reported = scope;
        if (reported != null) {
            reported.close();
        }
    }
}
