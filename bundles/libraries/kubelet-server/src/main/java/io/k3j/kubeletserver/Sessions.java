package io.k3j.kubeletserver;

import io.k3j.metricstext.MetricText;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/// The sessions of exec, attach and port-forward of this node: at most [#MOST] at once, so that no client takes all
/// memory and descriptors. Any thread.
///
/// The bound is K3j's own.
final class Sessions {
    /// A session takes two connections, threads and buffers; so many fit into a small node beside its pods.
    static final int MOST = 500;
    private final Semaphore seats = new Semaphore(MOST);
    /// How often [#begin] said no since the kubelet started.
    private final AtomicLong refused = new AtomicLong();

    /// A session; closing it makes room for another.
    interface Session extends AutoCloseable {
        @Override
        void close();
    }

    /// Begins one. Does not wait for a place: who is refused may try another node's pod, or come back.
    /// @return to be closed by the caller, once, also after a failure
    /// @throws KubeletServer.Refusal with 429 when there are too many
    Session begin() {
        if (!seats.tryAcquire()) {
            refused.incrementAndGet();
            throw new KubeletServer.Refusal(429, "this node serves " + MOST
                    + " exec, attach and port-forward sessions at once; end some of them and try again");
        }
        return seats::release;
    }

    /// In Prometheus' text form. Both families are K3j's own. Does not block.
    String metrics() {
        return new MetricText().family("kubelet_streaming_sessions", MetricText.Type.GAUGE,
                "Open exec, attach and port-forward sessions.").value(MOST - seats.availablePermits())
                .family("kubelet_streaming_sessions_refused_total", MetricText.Type.COUNTER,
                        "Sessions refused because there were too many.")
                .value(refused.get()).toString();
    }
}
