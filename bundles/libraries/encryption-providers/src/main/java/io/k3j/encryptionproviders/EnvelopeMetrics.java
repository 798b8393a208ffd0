package io.k3j.encryptionproviders;

import io.k3j.metricstext.ApiServerId;
import io.k3j.metricstext.Hashes;
import io.k3j.metricstext.Histogram;
import io.k3j.metricstext.MetricText;
import io.k3j.metricstext.MetricText.Type;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/// What KMS providers did, under upstream's names (<https://kubernetes.io/docs/reference/instrumentation/metrics/>).
/// Any thread; nothing blocks.
final class EnvelopeMetrics {
    private static final String PREFIX = "apiserver_envelope_encryption_";
    private static final String STORAGE = "apiserver_storage_";
    private static final double[] CALL_BOUNDS = Histogram.doubling(0.0001, 20);
    private static final double[] KEY_BOUNDS = Histogram.doubling(5e-6, 14);
    private static final List<String> CALL_LABELS = List.of("provider_name", "method_name", "grpc_status_code");
    private static final List<String> USE_LABELS = List.of("transformation_type", "provider_name", "key_id_hash",
            "apiserver_id_hash");
    private static final List<String> STATUS_LABELS = USE_LABELS.subList(1, 4);
    private static final List<String> INVALID_LABELS = List.of("provider_name", "error");
    private final String server = Hashes.label(ApiServerId.ofHost());
    private final InstantSource clock;
    private final Map<List<String>, Histogram> calls = new ConcurrentHashMap<>();
    private final Map<List<String>, LongAdder> invalid = new ConcurrentHashMap<>();
    private final Map<String, Integer> cached = new ConcurrentHashMap<>();
    private final LongAdder misses = new LongAdder();
    private final Histogram generated = new Histogram(KEY_BOUNDS);
    private final Recent uses = new Recent();
    private final Recent statuses = new Recent();

    /// The key ids that were seen last, by labels: as many as upstream shows, whatever a plug-in makes up.
    private static final class Recent {
        private static final int MOST = 10;
        private final Map<List<String>, Seen> seen = new LinkedHashMap<>(MOST, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<List<String>, Seen> eldest) {
                return size() > MOST;
            }
        };

        /// How often, and when last, in seconds since 1970.
        private record Seen(long times, double last) {
        }

        synchronized void add(List<String> labels, double now) {
            seen.merge(labels, new Seen(1, now), (before, once) -> new Seen(before.times + 1, now));
        }

        synchronized Map<List<String>, Seen> all() {
            return new LinkedHashMap<>(seen);
        }
    }

    EnvelopeMetrics(InstantSource clock) {
        this.clock = clock;
    }

    private double now() {
        return clock.instant().toEpochMilli() / 1e3;
    }

    /// A call of a plug-in has ended.
    void called(String provider, String method, long nanos, String status) {
        calls.computeIfAbsent(List.of(provider, method, status), _ -> new Histogram(CALL_BOUNDS)).add(nanos);
    }

    /// A data key was used for a row.
    void used(boolean written, String provider, String keyId) {
        uses.add(List.of(written ? "to_storage" : "from_storage", provider, Hashes.label(keyId), server), now());
    }

    /// A plug-in has told its key.
    void told(String provider, String keyId) {
        statuses.add(List.of(provider, Hashes.label(keyId), server), now());
    }

    /// A plug-in has told a key that cannot be one.
    ///
    /// @param error `empty` or `too_long`
    void invalid(String provider, String error) {
        invalid.computeIfAbsent(List.of(provider, error), _ -> new LongAdder()).increment();
    }

    /// A plug-in is asked for a data key.
    void missed() {
        misses.increment();
    }

    /// How many data keys of a provider are known.
    void cached(String provider, int number) {
        cached.put(provider, number);
    }

    /// A seed was made.
    void generated(long nanos) {
        generated.add(nanos);
    }

    /// All families.
    void text(MetricText text) {
        text.family(STORAGE + "data_key_generation_duration_seconds", Type.HISTOGRAM,
                "Latencies in seconds of data encryption key(DEK) generation operations.").histogram(generated);
        text.family(STORAGE + "data_key_generation_failures_total", Type.COUNTER,
                "Total number of failed data encryption key(DEK) generation operations.").value(0);
        text.family(STORAGE + "envelope_transformation_cache_misses_total", Type.COUNTER,
                "Total number of cache misses while accessing key decryption key(KEK).").value(misses.sum());
        text.family(PREFIX + "kms_operations_latency_seconds", Type.HISTOGRAM,
                "KMS operation duration with gRPC error code status total.");
        calls.forEach((values, took) -> text.histogram(took, labels(CALL_LABELS, values)));
        keyIds(text);
        text.family(PREFIX + "invalid_key_id_from_status_total", Type.COUNTER,
                "Number of times an invalid keyID is returned by the Status RPC call split by error.");
        invalid.forEach((values, times) -> text.value(times.sum(), labels(INVALID_LABELS, values)));
        text.family(PREFIX + "dek_source_cache_size", Type.GAUGE,
                "Number of records in data encryption key (DEK) source cache. On a restart, this value is an"
                        + " approximation of the number of decrypt RPC calls the server will make to the KMS plugin.");
        cached.forEach((provider, number) -> text.value(number, "provider_name", provider));
    }

    private void keyIds(MetricText text) {
        text.family(PREFIX + "key_id_hash_total", Type.COUNTER,
                "Number of times a keyID is used split by transformation type, provider, and apiserver identity.");
        uses.all().forEach((values, seen) -> text.value(seen.times, labels(USE_LABELS, values)));
        text.family(PREFIX + "key_id_hash_last_timestamp_seconds", Type.GAUGE,
                "The last time in seconds when a keyID was used.");
        uses.all().forEach((values, seen) -> text.value(seen.last, labels(USE_LABELS, values)));
        text.family(PREFIX + "key_id_hash_status_last_timestamp_seconds", Type.GAUGE,
                "The last time in seconds when a keyID was returned by the Status RPC call.");
        statuses.all().forEach((values, seen) -> text.value(seen.last, labels(STATUS_LABELS, values)));
    }

    private static String[] labels(List<String> names, List<String> values) {
        String[] all = new String[2 * names.size()];
        for (int i = 0; i < names.size(); i++) {
            all[2 * i] = names.get(i);
            all[2 * i + 1] = values.get(i);
        }
        return all;
    }
}
