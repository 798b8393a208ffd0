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
///
/// Upstream's `EventRecorder` with its correlator: the same event is counted up (`count`, `lastTimestamp`) and who
/// says too much about one object is cut short. Events of the same sort with different messages are not drawn
/// together.
public final class Events {
    /// How many wait to be written; more are dropped.
    private static final int WAITING = 1_000;
    /// How many written events, and how many objects, are remembered, the least recent forgotten first; upstream's
    /// 4096.
    private static final int REMEMBERED = 4_096;
    /// The API takes no longer message of an Event of `events.k8s.io`, so most of upstream's components cut theirs.
    private static final int MESSAGE_CHARS = 1_024;
    /// Of a message that is told whole; the API limits none of core `v1`.
    private static final int WHOLE_CHARS = 16_384;
    /// Events about one object at once, and how long it takes until one more is allowed; upstream's spam filter.
    private static final int BURST = 25;
    private static final Duration REFILL = Duration.ofSeconds(300);

    /// What was told, and when by the clock of the day.
    private record Said(String component, Struct about, String type, String reason, String message, Instant at) {
        String id() {
            return component + '/' + about.text("kind") + '/' + about.text("uid") + '/' + about.text("namespace") + '/'
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

    /// Events from `component`. Nothing is written before [#step].
    ///
    /// @param api in whose identity events are written
    /// @param component as `source.component`, for instance `kubelet`
    /// @param host the node it runs on, empty for one that belongs to none
    public Events(ApiClient api, String component, String host, TimeSource clock) {
        this.api = api;
        this.component = component;
        this.host = host;
        this.clock = clock;
    }

    /// Something ordinary happened.
    ///
    /// @param reason one word in CamelCase, for machines
    /// @param message a sentence for people; cut at 1024 characters
    public void normal(Obj about, String reason, String message) {
        tell(reference(about), "Normal", reason, message);
    }

    /// Something went wrong. Parameters as [#normal].
    public void warning(Obj about, String reason, String message) {
        tell(reference(about), "Warning", reason, message);
    }

    /// Something happened to what `about` points at. Dropped without a word when 1000 wait, or when too much was
    /// said about it.
    ///
    /// @param about an `ObjectReference`; without a namespace the event goes to `default`
    /// @param type `Normal` or `Warning`
    public void tell(Struct about, String type, String reason, String message) {
        tellAs(component, about, type, reason, message);
    }

    /// The same in the name of another component, as a scheduler has one for each of its profiles.
    ///
    /// @param as who tells it, as `source.component`
    public void tellAs(String as, Struct about, String type, String reason, String message) {
        add(new Said(as, about, type, reason, cut(message, MESSAGE_CHARS), clock.instant()));
    }

    /// The same with a message that lists things and is of use as a whole only: cut at 16 384 characters.
    public void tellWhole(String as, Struct about, String type, String reason, String message) {
        add(new Said(as, about, type, reason, cut(message, WHOLE_CHARS), clock.instant()));
    }

    private static String cut(String message, int most) {
        return message.length() > most ? message.substring(0, most) : message;
    }

    private void add(Said said) {
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

    /// Writes one event that waits; blocks for the API. One that is refused is dropped, and the next of its sort
    /// begins anew.
    ///
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

    /// Waits until an event may wait, the time is over or the thread is interrupted (the flag stays set).
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

    /// An event lives an hour (`--event-ttl`), so one that was counted up before may have gone: then it is a new
    /// one.
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
        Obj event = api.create(BuiltinResources.EVENTS, event(said), WriteOptions.PLAIN);
        written.put(said.id(), new Written(event.key(), 1));
    }

    private void count(Said said, Written before) {
        Struct changes = Struct.of("count", before.count() + 1, "lastTimestamp", Times.seconds(said.at()));
        api.patch(BuiltinResources.EVENTS, before.key(), new Patch.Merge(changes), WriteOptions.PLAIN);
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
                .put("source", Struct.builder().put("component", said.component()).putUnlessEmpty("host", host).build())
                .put("firstTimestamp", at).put("lastTimestamp", at).put("count", 1).put("type", said.type())
                .put("reportingComponent", said.component()).put("reportingInstance", host).build());
    }

    /// With the lock held.
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
