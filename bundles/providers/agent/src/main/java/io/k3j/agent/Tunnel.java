package io.k3j.agent;

import io.k3j.componentapi.TimeSource;
import io.k3j.componentbase.SupervisedLoop;
import io.k3j.pki.ClientTls;
import io.k3j.streaming.TunnelSession;
import io.k3j.streaming.TunnelTarget;
import io.k3j.streaming.TunnelTiming;
import io.k3j.streaming.UnreadBudget;
import io.k3j.streaming.WebSocket;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// The tunnel to one server, re-established whenever it breaks, as long as the address is a server's.
final class Tunnel implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.agent");
    /// K3s' timing, with more frequent pings, because the load balancer relies on the tunnel's state.
    private static final TunnelTiming TIMING = new TunnelTiming(Duration.ofSeconds(1), Duration.ofSeconds(4),
            Duration.ofSeconds(60));
    private static final long MIN_RETRY_MILLIS = 100;
    private static final long MAX_RETRY_MILLIS = 5_000;
    /// How long a close waits for its thread.
    private static final Duration STOP = Duration.ofSeconds(1);

    private final String address;
    private final NodeFiles files;
    private final TunnelTarget target;
    private final Runnable changed;
    private final InstantSource clock;
    private final UnreadBudget unread;
    private final RandomGenerator random;
    /// Of the loop, and of who closes once that has ended.
    private final TunnelReport report;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final SupervisedLoop loop;
    private volatile TunnelHealth health = TunnelHealth.UNKNOWN;
    private volatile @Nullable TunnelSession session;

    /// Starts to connect.
    /// @param changed runs after each change of the health
    /// @param loops receives the state of its thread, and that there has been no tunnel for long
    /// @param unread what all tunnels may hold
    // one parameter for each collaborator
    @SuppressWarnings("checkstyle:ParameterNumber")
    Tunnel(String address, NodeFiles files, TunnelTarget target, Runnable changed, InstantSource clock,
            io.k3j.componentapi.Health loops, UnreadBudget unread) {
        this.address = address;
        this.unread = unread;
        this.files = files;
        this.target = target;
        this.changed = changed;
        this.clock = clock;
        this.random = RandomGenerator.getDefault();
        this.report = new TunnelReport(address, loops, TimeSource.system().monotonic());
        this.loop = SupervisedLoop.virtual(loops, "agent-tunnel-" + address, this::run).start();
    }

    /// The server's health as seen by this tunnel.
    TunnelHealth health() {
        return health;
    }

    private void run() throws InterruptedException {
        long pause = MIN_RETRY_MILLIS;
        do {
            pause = connectAndServe() ? MIN_RETRY_MILLIS : Math.min(pause * 2, MAX_RETRY_MILLIS);
        } while (!closed.await(pause / 2 + random.nextLong(pause / 2 + 1), TimeUnit.MILLISECONDS));
    }

    /// @return whether the tunnel was established
    private boolean connectAndServe() {
        try (WebSocket socket = TunnelHandshake.open(address, tls(), TIMING.silence(), random);
                TunnelSession serving = TunnelSession.ofAgent(socket, target, TIMING, unread, random)) {
            session = serving;
            if (closed.getCount() == 0) {
                return true;
            }
            report.made();
            setHealth(TunnelHealth.OK);
            serve(serving);
            report.lost();
            return true;
        } catch (IOException | IllegalArgumentException failed) {
            LOG.log(Level.DEBUG, "Tunnel server=" + address, failed);
            if (closed.getCount() > 0) {
                report.failed(String.valueOf(failed.getMessage()));
            }
            return false;
        } finally {
            session = null;
        }
    }

    private void serve(TunnelSession serving) {
        try {
            serving.serve();
        } catch (IOException broken) {
            LOG.log(Level.DEBUG, "Tunnel broken server=" + address, broken);
        } finally {
            setHealth(TunnelHealth.FAILED);
        }
    }

    private SSLContext tls() throws IOException {
        Optional<ClientTls.Own> own = files.own("client-kubelet", clock.instant());
        return ClientTls.trusting(files.serverAuthorities(), own);
    }

    private void setHealth(TunnelHealth next) {
        if (health != next && closed.getCount() > 0) {
            LOG.log(Level.INFO, "Remotedialer tunnel server={0} state={1}", address,
                    next == TunnelHealth.OK ? "connected" : "lost");
        }
        health = next;
        changed.run();
    }

    /// Ends the tunnel. Does not block: who closes several of them waits for all with [#awaitEnd].
    @Override
    public void close() {
        closed.countDown();
        TunnelSession open = session;
        if (open != null) {
            open.close();
        }
        loop.interrupt();
    }

    /// Waits until nothing is said about this server's health any more; to be called after [#close].
    void awaitEnd() {
        loop.stop(STOP);
        report.close();
    }
}
