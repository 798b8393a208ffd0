package io.k3j.audit;

import io.k3j.componentapi.HealthScope;
import io.k3j.webhookclient.CallFailure;
import io.k3j.webhookclient.KubeconfigClient;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;

/// Posts events as an `EventList` to a webhook. Whatever fails is tried again, as upstream: five times in all, after
/// pauses that grow by a half and by some chance. A server that answers `Retry-After` is asked again when it wishes,
/// within the time of one such attempt ([KubeconfigClient]). What fails then is lost and counted, and the component
/// says why until something arrives again. An event may arrive twice, when its first answer did not: its `auditID` and
/// `stage` tell.
///
/// Each post has a virtual thread of its own, since who waits for it must not be interrupted in it. Any thread.
final class WebhookSender implements EventOutput {
    private static final int ATTEMPTS = 5;
    private static final double FACTOR = 1.5;
    private static final double JITTER = 0.2;
    /// For one attempt, as upstream.
    private static final Duration LIMIT = Duration.ofSeconds(30);
    /// How long posts that have been cancelled are waited for at the end.
    private static final Duration END = Duration.ofMillis(300);
    private static final byte[] BEGINNING = ("{\"kind\":\"EventList\",\"apiVersion\":\"audit.k8s.io/v1\","
            + "\"metadata\":{},\"items\":[").getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ENDING = "]}\n".getBytes(StandardCharsets.US_ASCII);
    private static final System.Logger LOG = System.getLogger("io.k3j.audit");
    private final KubeconfigClient client;
    private final Duration initialBackoff;
    private final RandomGenerator random;
    private final HealthScope scope;
    private final AuditMetrics metrics;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private int posts;
    private boolean hurries;
    private boolean closed;
    private boolean failing;

    /// @param client closed with this
    /// @param scope where lost events are told; closed with this
    WebhookSender(KubeconfigClient client, Duration initialBackoff, RandomGenerator random, HealthScope scope,
            AuditMetrics metrics) {
        this.client = client;
        this.initialBackoff = initialBackoff;
        this.random = random;
        this.scope = scope;
        this.metrics = metrics;
        scope.ok();
    }

    @Override
    public List<Written> write(List<byte[]> events) {
        if (!begun()) {
            return Collections.nCopies(events.size(), Written.CLOSED);
        }
        CompletableFuture<Written> post = new CompletableFuture<>();
        Thread.ofVirtual().name("audit-webhook-post").start(() -> {
            Written became = Written.NO;
            try {
                became = sent(events);
            } finally {
                ended(events.size(), became);
                post.complete(became);
            }
        });
        return Collections.nCopies(events.size(), post.join());
    }

    private boolean begun() {
        lock.lock();
        try {
            posts += closed ? 0 : 1;
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    private void ended(int events, Written became) {
        if (became == Written.NO) {
            for (int i = 0; i < events; i++) {
                metrics.lost(AuditMetrics.WEBHOOK);
            }
        }
        lock.lock();
        try {
            posts--;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private Written sent(List<byte[]> events) {
        byte[] list = list(events);
        double pause = initialBackoff.toNanos();
        for (int attempt = 1;; attempt++) {
            boolean last = attempt == ATTEMPTS || hurries();
            try {
                client.post(list, LIMIT);
                recovered();
                return Written.YES;
            } catch (CallFailure failure) {
                failed(failure, last ? events.size() : 0);
                if (last) {
                    return Written.NO;
                }
            }
            pause((long) (pause * (1 + JITTER * random.nextDouble())));
            pause *= FACTOR;
        }
    }

    private static byte[] list(List<byte[]> events) {
        int bytes = events.stream().mapToInt(event -> event.length + 1).sum();
        ByteArrayOutputStream list = new ByteArrayOutputStream(BEGINNING.length + bytes + ENDING.length);
        list.writeBytes(BEGINNING);
        for (int i = 0; i < events.size(); i++) {
            if (i > 0) {
                list.write(',');
            }
            list.writeBytes(events.get(i));
        }
        list.writeBytes(ENDING);
        return list.toByteArray();
    }

    private boolean hurries() {
        lock.lock();
        try {
            return hurries;
        } finally {
            lock.unlock();
        }
    }

    private void pause(long nanos) {
        lock.lock();
        try {
            long left = nanos;
            while (!hurries && left > 0) {
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            // nobody interrupts this thread
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    private void failed(CallFailure why, int lost) {
        lock.lock();
        try {
            failing = true;
            scope.degraded("cannot send to the audit webhook: " + why.reason() + "; " + (metrics.lost() + lost)
                    + " events are lost. See to the server that --kube-apiserver-arg=audit-webhook-config-file names");
        } finally {
            lock.unlock();
        }
    }

    private void recovered() {
        lock.lock();
        try {
            if (failing) {
                failing = false;
                scope.ok();
            }
        } finally {
            lock.unlock();
        }
    }

    /// What fails from now on is tried once more at most, at once, whatever the webhook wishes.
    @Override
    public void hurry() {
        client.hurry();
        lock.lock();
        try {
            hurries = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        hurry();
        client.close();
        if (!over()) {
            LOG.log(System.Logger.Level.WARNING, "The audit webhook is left while something is being sent");
        }
        scope.close();
    }

    private boolean over() {
        lock.lock();
        try {
            long left = END.toNanos();
            while (posts > 0 && left > 0) {
                left = changed.awaitNanos(left);
            }
            return posts == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }
}
