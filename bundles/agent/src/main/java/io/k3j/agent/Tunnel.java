package io.k3j.agent;

import io.k3j.componentapi.SupervisedLoop;
import io.k3j.pki.ClientTls;
import io.k3j.streaming.TunnelSession;
import io.k3j.streaming.TunnelTarget;
import io.k3j.streaming.TunnelTiming;
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

/// The tunnel to one server, made again whenever it breaks, for as long as the server is one.
final class Tunnel implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.agent");
    /// K3s' frames; asked for life more often than K3s does, because the load balancer believes what it hears here.
    private static final TunnelTiming TIMING = new TunnelTiming(Duration.ofSeconds(1), Duration.ofSeconds(4),
            Duration.ofSeconds(60));
    private static final long FIRST_MILLIS = 100;
    private static final long LONGEST_MILLIS = 5_000;

    private final String address;
    private final NodeFiles files;
    private final TunnelTarget target;
    private final Runnable changed;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final SupervisedLoop loop;
    private volatile Health health = Health.UNKNOWN;
    private volatile @Nullable TunnelSession session;

    /// Begins to connect.
    /// @param changed run whenever its health has changed
    /// @param loops where its thread reports
    // what it joins, and where it reports
    @SuppressWarnings("checkstyle:ParameterNumber")
    Tunnel(String address, NodeFiles files, TunnelTarget target, Runnable changed, InstantSource clock,
            io.k3j.componentapi.Health loops) {
        this.address = address;
        this.files = files;
        this.target = target;
        this.changed = changed;
        this.clock = clock;
        this.random = RandomGenerator.getDefault();
        this.loop = SupervisedLoop.virtual(loops, "agent-tunnel-" + address, this::run).start();
    }

    /// How the server is, as far as this tunnel knows.
    Health health() {
        return health;
    }

    private void run() throws InterruptedException {
        long pause = FIRST_MILLIS;
        do {
            pause = once() ? FIRST_MILLIS : Math.min(pause * 2, LONGEST_MILLIS);
        } while (!closed.await(pause / 2 + random.nextLong(pause / 2 + 1), TimeUnit.MILLISECONDS));
    }

    /// @return whether it stood for a while
    private boolean once() {
        try (WebSocket socket = TunnelHandshake.open(address, tls(), TIMING.silence(), random);
                TunnelSession serving = TunnelSession.ofAgent(socket, target, TIMING, random)) {
            session = serving;
            if (closed.getCount() == 0) {
                return true;
            }
            turn(Health.OK);
            serve(serving);
            return true;
        } catch (IOException | IllegalArgumentException failed) {
            LOG.log(Level.DEBUG, "tunnel server=" + address, failed);
            return false;
        } finally {
            session = null;
        }
    }

    private void serve(TunnelSession serving) {
        try {
            serving.serve();
        } catch (IOException broken) {
            LOG.log(Level.DEBUG, "tunnel broken server=" + address, broken);
        } finally {
            turn(Health.FAILED);
        }
    }

    private SSLContext tls() throws IOException {
        Optional<ClientTls.Own> own = files.own("client-kubelet", clock.instant());
        return ClientTls.trusting(files.serverAuthorities(), own);
    }

    private void turn(Health now) {
        if (health != now && closed.getCount() > 0) {
            LOG.log(Level.INFO, "tunnel server={0} {1}", address, now == Health.OK ? "connected" : "lost");
        }
        health = now;
        changed.run();
    }

    @Override
    public void close() {
        closed.countDown();
        TunnelSession open = session;
        if (open != null) {
            open.close();
        }
        loop.interrupt();
    }
}
