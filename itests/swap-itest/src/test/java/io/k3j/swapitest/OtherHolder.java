package io.k3j.swapitest;

import io.k3j.testkitbase.Teardown;
import io.k3j.testkitbase.Waiting;
import io.k3j.testkitprocess.K3sProcess;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Takes the Lease of the controllers from a server, as another server does, and keeps it until it is closed. It leads
/// nothing.
final class OtherHolder implements AutoCloseable {
    private static final String LEASE = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/"
            + "kube-controller-manager";
    private static final String LOST = "Lost lease kube-system/kube-controller-manager";
    private static final String LEADS = "Acquired lease kube-system/kube-controller-manager";
    private static final String HELD = "{\"spec\":{\"holderIdentity\":\"%s\",\"leaseDurationSeconds\":%d,\"renewTime\":"
            + "\"%s\"}}";
    private static final long RENEW_MILLIS = 500;
    private static final int SECONDS = 3;
    private final Cluster cluster;
    private final K3sProcess server;
    private final CountDownLatch over = new CountDownLatch(1);
    private final Thread thread;
    private final int lost;

    /// Takes it now.
    OtherHolder(Cluster cluster, K3sProcess server) throws IOException, InterruptedException {
        this.cluster = cluster;
        this.server = server;
        this.lost = count(server, LOST);
        hold("another", SECONDS);
        thread = Thread.ofVirtual().name("other-holder").start(this::keep);
    }

    private static int count(K3sProcess server, String text) {
        return server.output().split(text, -1).length - 1;
    }

    /// Whether the server leads, as its log says.
    static boolean leads(K3sProcess server) {
        return count(server, LEADS) > count(server, LOST);
    }

    private void hold(String holder, int seconds) throws IOException, InterruptedException {
        cluster.patch(LEASE, HELD.formatted(holder, seconds,
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString().replace("Z", ".000000Z")));
    }

    private void keep() {
        try {
            while (!over.await(RENEW_MILLIS, TimeUnit.MILLISECONDS)) {
                hold("another", SECONDS);
            }
        } catch (IOException e) {
            System.out.println("the other holder gives up: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Waits until the server has noticed.
    OtherHolder noticed() throws InterruptedException {
        Waiting.until("lead lost", server, () -> count(server, LOST) > lost);
        return this;
    }

    /// Lets go of it, and waits until the server leads again.
    @Override
    public void close() {
        over.countDown();
        Teardown.of("other holder", thread::join, () -> hold("", 1),
                () -> Waiting.until("lead again", server, () -> leads(server)));
    }
}
