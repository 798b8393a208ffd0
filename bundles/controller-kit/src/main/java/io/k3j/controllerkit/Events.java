package io.k3j.controllerkit;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.WriteOptions;
import io.k3j.componentapi.TimeSource;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Struct;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Tells people what a component did to an object: core `Event` objects, the same one counted up when it
/// happens again. Telling never blocks and never fails; what cannot be written is dropped, as upstream's
/// recorder does. See <https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/>.
///
/// [#tell] may be called on any thread; [#step] writes, one thread at a time.
public final class Events {
    private static final int WAITING = 1_000;
    private static final int REMEMBERED = 4_096;
    private static final int MESSAGE_CHARS = 1_024;
    private static final int BURST = 25;
    private static final Duration REFILL = Duration.ofSeconds(300);

    private record Said(Struct about, String type, String reason, String message, Instant at) {
        String id() {
            return about.text("kind") + '/' + about.text("uid") + '/' + about.text("namespace") + '/'
                    + about.text("name") + '/' + about.text("fieldPath") + '/' + type + '/' + reason + '/' + message;
        }

        String subject() {
            return about.text("kind") + '/' + about.text("uid") + '/' + about.text("namespace") + '/'
                    + about.text("name");
        }
    }

    private record Written(Key key, long count) {
    }

    private record Bucket(double tokens, Instant at) {
    }

    private final ApiClient api;
    private final String component;
    private final String host;
    private final TimeSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition came = lock.newCondition();
    private final Queue<Said> waiting = new ArrayDeque<>();
    private final Map<String, Written> written = bounded();
    private final Map<String, Bucket> buckets = bounded();

    /// Events from `component`; `host` may be empty.
    public Events(ApiClient api, String component, String host, TimeSource clock) {
        this.api = api;
        this.component = component;
        this.host = host;
        this.clock = clock;
    }

    /// Something ordinary happened.
    public void normal(Obj about, String reason, String message) {
        tell(reference(about), "Normal", reason, message);
    }

    /// Something went wrong.
    public void warning(Obj about, String reason, String message) {
        tell(reference(about), "Warning", reason, message);
    }

    /// Something happened to what `about`, an `ObjectReference`, points at.
    public void tell(Struct about, String type, String reason, String message) {
        String shortened = message.length() > MESSAGE_CHARS ? message.substring(0, MESSAGE_CHARS) : message;
        Said said = new Said(about, type, reason, shortened, clock.instant());
        lock.lock();
        try {
            if (waiting.size() < WAITING && allowed(said)) {
                waiting.add(said);
                came.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /// An `ObjectReference` to an object.
    public static Struct reference(Obj object) {
        return Struct.builder().put("kind", object.tree().text("kind")).putUnlessEmpty("namespace", object.namespace())
                .put("name", object.name()).putUnlessEmpty("uid", object.uid())
                .put("apiVersion", object.tree().text("apiVersion"))
                .putUnlessEmpty("resourceVersion", object.revision() == 0 ? "" : Long.toString(object.revision()))
                .build();
    }

    /// Writes one event that waits.
    /// @return false when none waits
    public boolean step() {
        @Nullable
        Said said = next();
        if (said == null) {
            return false;
        }
        try {
            write(said);
        } catch (ApiFault dropped) {
            written.remove(said.id());
        }
        return true;
    }

    /// Waits until an event may wait, or the time is over.
    public void await(Duration atMost) {
        lock.lock();
        try {
            if (waiting.isEmpty()) {
                came.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Said next() {
        lock.lock();
        try {
            return waiting.poll();
        } finally {
            lock.unlock();
        }
    }

    private void write(Said said) {
        Written before = written.get(said.id());
        if (before != null) {
            try {
                count(said, before);
                return;
            } catch (ApiFault fault) {
                if (fault.code() != 404) {
                    throw fault;
                }
            }
        }
        Obj event = api.create(Resources.EVENTS, event(said), WriteOptions.PLAIN);
        written.put(said.id(), new Written(event.key(), 1));
    }

    private void count(Said said, Written before) {
        Struct changes = Struct.of("count", before.count() + 1, "lastTimestamp", Times.seconds(said.at()));
        api.patch(Resources.EVENTS, before.key(), new Patch.Merge(changes), WriteOptions.PLAIN);
        written.put(said.id(), new Written(before.key(), before.count() + 1));
    }

    private Obj event(Said said) {
        String namespace = said.about().text("namespace");
        long nanos = said.at().getEpochSecond() * 1_000_000_000L + said.at().getNano();
        String stamp = Long.toHexString(nanos + Math.floorMod(said.id().hashCode(), 1_000));
        String at = Times.seconds(said.at());
        return Obj.of(Struct.builder().put("apiVersion", "v1").put("kind", "Event")
                .put("metadata", Struct.of("name", said.about().text("name") + "." + stamp, "namespace",
                        namespace.isEmpty() ? "default" : namespace))
                .put("involvedObject", said.about()).put("reason", said.reason()).put("message", said.message())
                .put("source", Struct.builder().put("component", component).putUnlessEmpty("host", host).build())
                .put("firstTimestamp", at).put("lastTimestamp", at).put("count", 1).put("type", said.type())
                .put("reportingComponent", component).put("reportingInstance", host).build());
    }

    private boolean allowed(Said said) {
        Instant now = clock.monotonic().instant();
        Bucket old = buckets.getOrDefault(said.subject(), new Bucket(BURST, now));
        double passed = (double) Duration.between(old.at(), now).toMillis() / REFILL.toMillis();
        double tokens = Math.min(BURST, old.tokens() + Math.max(0, passed));
        boolean enough = tokens >= 1;
        buckets.put(said.subject(), new Bucket(enough ? tokens - 1 : tokens, now));
        return enough;
    }

    private static <V> Map<String, V> bounded() {
        return new LinkedHashMap<>(64, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
                return size() > REMEMBERED;
            }
        };
    }
}
