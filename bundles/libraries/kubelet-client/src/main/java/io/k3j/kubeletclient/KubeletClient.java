package io.k3j.kubeletclient;

import io.k3j.edgeapi.ByteDuplex;
import io.k3j.edgeapi.NodeDialer;
import io.k3j.model.Obj;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Asks kubelets as one component: through a node's tunnel or directly, as [NodeDialer] does, with a connection for
/// each request. A kubelet is known by its node's name in its certificate: the address is what the node says of itself,
/// and could be another's. Any thread; a request blocks for the dialler and then at most its limit.
public final class KubeletClient implements AutoCloseable {
    private final NodeDialer dialer;
    private final ComponentCertificate certificate;
    private final Duration limit;
    private final boolean flannelExternalIp;
    private final Set<ByteDuplex> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /// Asks nobody yet.
    ///
    /// @param certificate who it is
    /// @param limit how long handshake, request and answer may take together
    /// @param flannelExternalIp `--flannel-external-ip`
    public KubeletClient(NodeDialer dialer, ComponentCertificate certificate, Duration limit,
            boolean flannelExternalIp) {
        this.dialer = dialer;
        this.certificate = certificate;
        this.limit = limit;
        this.flannelExternalIp = flannelExternalIp;
    }

    /// The body of the answer to a request.
    ///
    /// @throws KubeletRequest.Refused for another status than 200
    /// @throws IOException when the node has no address, does not answer in time, or answers with something else
    public byte[] send(Obj node, KubeletRequest request) throws IOException {
        KubeletAddress at = KubeletAddress.of(node, flannelExternalIp)
                .orElseThrow(() -> new IOException("the node has told no address yet"));
        ByteDuplex plain = dialer.dialKubelet(node.name(), at.host(), at.port());
        open.add(plain);
        CountDownLatch done = new CountDownLatch(1);
        // a channel has no time-outs of its own
        Thread.ofVirtual().name("kubelet-client-limit").start(() -> limit(plain, done));
        try {
            if (closed) {
                throw new IOException("this component is being stopped");
            }
            ByteDuplex channel = TlsChannel.ofNode(certificate.context(), plain, node.name(), at.port());
            return request.send(channel, at.authority());
        } finally {
            done.countDown();
            open.remove(plain);
            plain.close();
        }
    }

    private void limit(ByteDuplex channel, CountDownLatch done) {
        try {
            if (!done.await(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                channel.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Whoever waits for an answer gets an error.
    @Override
    public void close() {
        closed = true;
        open.forEach(ByteDuplex::close);
    }
}
