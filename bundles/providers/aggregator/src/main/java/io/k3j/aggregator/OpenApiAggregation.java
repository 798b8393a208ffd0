package io.k3j.aggregator;

import io.k3j.apiserverapi.AggregatedApis.OpenApiDocument;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.Requeue;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.objectregistry.Groups;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Keeps what the servers behind APIServices say of their versions in OpenAPI 2, for `/openapi/v2`; upstream's
/// AggregationController with its SpecAggregator. A server is asked when it becomes available and each minute from then
/// on, later and later while that fails or it has no document, one download of it at a time; what it said last stays
/// until its APIService goes. What is wrong with one of them is a line of the log, and nothing to the others.
final class OpenApiAggregation implements Reconciler, AutoCloseable {
    /// Between two questions, and after the first failure; upstream's.
    static final Duration AGAIN = Duration.ofMinutes(1);
    /// The longest time after failures; upstream's.
    static final Duration LONGEST = Duration.ofHours(1);
    /// When one is looked at again whose server is being asked because of another APIService.
    static final Duration BUSY = Duration.ofSeconds(1);
    /// How many servers are asked at a time.
    static final int DOWNLOADS = 3;
    /// Bytes of a document as it comes, and of all that is kept of them; of a small heap it is less. What is made of
    /// one while it is read takes several times as much, so that is done one after the other.
    private static final int MOST_BYTES = 8 << 20;
    private static final int MOST_KEPT = 32 << 20;
    private static final int HEAP_PART = 64;
    /// The part of it that one server may have, as a divisor: who says too much leaves room for others.
    private static final int SERVER_PART = 2;
    private static final byte[] NOTHING = {};
    private static final System.Logger LOG = System.getLogger("io.k3j.aggregator");
    private final LiveView services;
    private final OpenApiDownloads downloads;
    private final InstantSource clock;
    private final int mostKept;
    private final OpenApiMetrics metrics = new OpenApiMetrics();
    private final ReentrantLock reading = new ReentrantLock();
    private final Set<Key> asked = ConcurrentHashMap.newKeySet();
    /// By the name of the APIService; guarded by this.
    private final Map<String, Known> known = new HashMap<>();
    private volatile List<OpenApiDocument> documents = List.of();

    /// What is known of one.
    private static final class Known {
        private ApiService service;
        private String tag = "";
        private byte[] json = NOTHING;
        private int failures;

        Known(ApiService service) {
            this.service = service;
        }
    }

    /// @param clock monotonic
    /// @param heapBytes the most the heap may become
    OpenApiAggregation(LiveView services, BackendDialer backends, InstantSource clock, long heapBytes) {
        this.services = services;
        this.clock = clock;
        this.mostKept = (int) Math.min(MOST_KEPT, heapBytes / HEAP_PART);
        this.downloads = new OpenApiDownloads(backends, Math.min(MOST_BYTES, mostKept), OpenApiDownloads.LIMIT);
    }

    /// Whether a change of an object says something else of another server; the rest is nothing to this.
    static boolean concerns(@Nullable Obj before, @Nullable Obj after) {
        return !Objects.equals(remote(before), remote(after));
    }

    private static @Nullable ApiService remote(@Nullable Obj object) {
        return object != null && ApiService.remote(object) ? ApiService.of(object) : null;
    }

    /// What all of them say, by priority; the same list until one changes.
    List<OpenApiDocument> documents() {
        return documents;
    }

    /// What was made anew, for `/metrics`.
    OpenApiMetrics metrics() {
        return metrics;
    }

    /// Ends downloads under way.
    @Override
    public void close() {
        downloads.close();
    }

    @Override
    public Requeue reconcile(Key key, ExpectingWriter writer) {
        ApiService service = remote(services.get(key).orElse(null));
        if (service == null || Groups.builtIn(service.group())) {
            gone(key.name());
            return Requeue.NEVER;
        }
        String tag = known(service);
        if (!service.available()) {
            return Requeue.NEVER;
        }
        if (!asked.add(service.service())) {
            return Requeue.after(BUSY);
        }
        try {
            return ask(service, tag);
        } finally {
            asked.remove(service.service());
        }
    }

    private Requeue ask(ApiService service, String tag) {
        try {
            if (downloads.ask(service, tag) instanceof OpenApiDownloads.Document document) {
                read(service, document);
            }
            succeeded(service);
            return Requeue.after(AGAIN);
        } catch (IOException | RuntimeException e) {
            return downloads.isClosed() ? Requeue.NEVER : failed(service, e);
        }
    }

    private void read(ApiService service, OpenApiDownloads.Document document) throws IOException {
        Instant begun = clock.instant();
        byte[] json;
        reading.lock();
        try {
            json = OpenApiFilter.part(document.body(), service.group(), service.version());
        } finally {
            reading.unlock();
        }
        String reason = keep(service, json, document.tag());
        if (!reason.isEmpty()) {
            metrics.regenerated(service.name(), reason, Duration.between(begun, clock.instant()));
        }
    }

    /// @return why everything is another now, empty when it is not
    private synchronized String keep(ApiService service, byte[] json, String tag) throws IOException {
        Known one = known.computeIfAbsent(service.name(), n -> new Known(service));
        bounded(one, json.length);
        one.tag = tag;
        if (Arrays.equals(one.json, json)) {
            return "";
        }
        String reason = one.json.length == 0 ? "add" : "update";
        one.json = json;
        index();
        return reason;
    }

    private void bounded(Known one, int bytes) throws IOException {
        long ofServer = bytes;
        long ofAll = bytes;
        for (Known each : known.values()) {
            if (each != one) {
                ofServer += each.service.service().equals(one.service.service()) ? each.json.length : 0;
                ofAll += each.json.length;
            }
        }
        if (ofServer > mostKept / SERVER_PART) {
            throw new IOException("the OpenAPI documents of this API server are longer than " + mostKept / SERVER_PART
                    + " bytes");
        }
        if (ofAll > mostKept) {
            throw new IOException("the OpenAPI documents of all API servers are longer than " + mostKept + " bytes");
        }
    }

    /// The tag of its last document. Another server than before has another document, and who was changed is tried as
    /// if it had never failed.
    private synchronized String known(ApiService service) {
        Known one = known.computeIfAbsent(service.name(), n -> new Known(service));
        if (!one.service.equals(service)) {
            one.failures = 0;
            one.tag = one.service.server().equals(service.server()) ? one.tag : "";
            one.service = service;
        }
        index();
        return one.tag;
    }

    private synchronized void gone(String name) {
        Instant begun = clock.instant();
        Known one = known.remove(name);
        if (one != null) {
            // one without a document may have given its group the priority
            index();
        }
        if (one != null && one.json.length > 0) {
            metrics.regenerated(name, "delete", Duration.between(begun, clock.instant()));
        }
    }

    private synchronized void succeeded(ApiService service) {
        Known one = known.get(service.name());
        if (one != null) {
            one.failures = 0;
        }
    }

    private synchronized Requeue failed(ApiService service, Exception why) {
        Known one = known.computeIfAbsent(service.name(), n -> new Known(service));
        Duration wait = AGAIN.multipliedBy(1L << Math.min(one.failures, 6));
        wait = wait.compareTo(LONGEST) > 0 ? LONGEST : wait;
        LOG.log(one.failures == 0 ? Level.WARNING : Level.DEBUG,
                "Cannot take over the OpenAPI document of an API server name={0} seconds={1} error={2}", service.name(),
                wait.toSeconds(), why.getMessage());
        one.failures++;
        return Requeue.after(wait);
    }

    /// In upstream's order: groups by the highest priority that one of their APIServices has, then names.
    private void index() {
        Map<String, Integer> groups = new HashMap<>();
        known.values().forEach(k -> groups.merge(k.service.group(), k.service.groupPriority(), Math::max));
        Comparator<Known> order = Comparator.comparingInt(k -> -groups.getOrDefault(k.service.group(), 0));
        List<OpenApiDocument> now = known.values().stream().filter(k -> k.json.length > 0)
                .sorted(order.thenComparing(k -> k.service.name()))
                .map(k -> new OpenApiDocument(k.service.group(), k.service.version(), k.json)).toList();
        if (!now.equals(documents)) {
            documents = now;
        }
    }
}
