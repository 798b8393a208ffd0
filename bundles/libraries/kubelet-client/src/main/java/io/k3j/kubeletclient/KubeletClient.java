package io.k3j.kubeletclient;

import io.k3j.edgeapi.ByteDuplex;
import io.k3j.edgeapi.NodeDialer;
import io.k3j.model.Obj;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Asks kubelets as one component: through a node's tunnel or directly, as [NodeDialer] does, with a connection for
/// each request. A kubelet is known by its node's name in its certificate: the address is what the node says of itself,
/// and could be another's. Any thread; a request blocks at most its limit, whatever the dialler does: it has a virtual
/// thread of its own, which is left where it does not come back.
public final class KubeletClient implements AutoCloseable {
    private static final String STOPPED = "this component is being stopped";
    private final NodeDialer dialer;
    private final ComponentCertificate certificate;
    private final Duration limit;
    private final boolean flannelExternalIp;
    private final Set<Call> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /// Asks nobody yet.
    ///
    /// @param certificate who it is
    /// @param limit how long dialling, handshake, request and answer may take together
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
        Call call = new Call(node.name(), at, request);
        open.add(call);
        try {
            if (closed) {
                throw new IOException(STOPPED);
            }
            return call.answer();
        } finally {
            open.remove(call);
            call.end();
        }
    }

    /// One request. What it has dialled is closed with its end, also what is there only afterwards.
    private final class Call {
        private final String node;
        private final KubeletAddress at;
        private final KubeletRequest request;
        private final FutureTask<byte[]> work = new FutureTask<>(this::ask);
        /// Guarded by this, as the next one is.
        private @Nullable ByteDuplex dialled;
        private boolean ended;

        Call(String node, KubeletAddress at, KubeletRequest request) {
            this.node = node;
            this.at = at;
            this.request = request;
        }

        byte[] answer() throws IOException {
            Thread.ofVirtual().name("kubelet-client-request").start(work);
            try {
                return work.get(limit.toNanos(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException late) {
                throw new IOException("the node has not answered within " + limit.toSeconds() + " s", late);
            } catch (CancellationException stopped) {
                throw new IOException(STOPPED, stopped);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException();
            } catch (ExecutionException failed) {
                if (failed.getCause() instanceof RuntimeException fault) {
                    throw fault;
                }
                throw failed.getCause() instanceof IOException broken ? broken : new IOException(failed);
            }
        }

        private byte[] ask() throws IOException {
            try (ByteDuplex plain = dialer.dialKubelet(node, at.host(), at.port())) {
                hold(plain);
                return request.send(TlsChannel.ofNode(certificate.context(), plain, node, at.port()), at.authority());
            }
        }

        private synchronized void hold(ByteDuplex plain) throws IOException {
            if (ended) {
                throw new IOException("dialled too late");
            }
            dialled = plain;
        }

        /// Whoever waits for it gets an error. May be called again.
        synchronized void end() {
            ended = true;
            work.cancel(true);
            ByteDuplex plain = dialled;
            if (plain != null) {
                plain.close();
            }
        }
    }

    /// Whoever waits for an answer gets an error.
    @Override
    public void close() {
        closed = true;
        open.forEach(Call::end);
    }
}
