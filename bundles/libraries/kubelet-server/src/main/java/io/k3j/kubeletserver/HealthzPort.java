package io.k3j.kubeletserver;

import io.k3j.componentapi.Health;
import io.k3j.componentbase.HttpPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// The port on which the kubelet says without TLS and to anybody that it is alive: `/healthz`, by default at
/// `127.0.0.1:10248`. A port that is taken, as for an instant during a swap, is tried again.
public final class HealthzPort {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubelet");
    private final Health health;
    private final InetSocketAddress address;
    private final Duration again;

    /// @param health where the port's thread reports
    /// @param again how long to wait for a port that is taken
    public HealthzPort(Health health, InetSocketAddress address, Duration again) {
        this.health = health;
        this.address = address;
        this.again = again;
    }

    /// Listens until it is told to end.
    ///
    /// @param closed reaches zero then
    public void run(CountDownLatch closed) throws InterruptedException {
        boolean told = false;
        do {
            try (HttpPort _ = new HttpPort(health, "kubelet-healthz-port", address, HealthzPort::answer)) {
                closed.await();
            } catch (IOException e) {
                if (!told) {
                    LOG.log(System.Logger.Level.WARNING, "Cannot open the port of healthz address={0} error={1}",
                            address, e.getMessage());
                }
                told = true;
            }
        } while (!closed.await(again.toMillis(), TimeUnit.MILLISECONDS));
    }

    /// Upstream's one check is `ping`, which is well as long as it is answered.
    private static HttpPort.Answer answer(String path) {
        return path.equals("/healthz") || path.equals("/healthz/ping") ? HttpPort.Answer.text("ok")
                : HttpPort.Answer.NOT_FOUND;
    }
}
