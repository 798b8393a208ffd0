package io.k3j.admissionkit;

import io.k3j.apiserverapi.Write;
import io.k3j.model.Struct;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Counts the Events of one limit: a token bucket for each key, which is full at first.
///
/// **Threads.** Any; a call holds a lock for a moment. Bounded by the limit's `cacheSize`: of a key only its SHA-256 is
/// kept, for whoever writes Events chooses how long it is.
public final class EventLimiter {
    private static final double NANOS = 1e9;
    /// Characters of a key that a refusal tells.
    private static final int MOST_TOLD = 256;

    private record Bucket(double tokens, long at) {
    }

    private final EventLimits.Limit limit;
    private final InstantSource clock;
    private final Map<String, Bucket> buckets = new LinkedHashMap<>(16, 0.75F, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
            return size() > limit.cacheSize();
        }
    };

    /// @param clock monotonic
    public EventLimiter(EventLimits.Limit limit, InstantSource clock) {
        this.limit = limit;
        this.clock = clock;
    }

    /// Counts an Event, or says why there are too many, in upstream's words.
    public Optional<String> refusal(Write write, Struct event) {
        String key = key(write, event);
        return take(digest(key)) ? Optional.empty()
                : Optional.of("limit reached on type " + limit.type().text() + " for key " + told(key));
    }

    private static String digest(String key) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String told(String key) {
        return key.length() <= MOST_TOLD ? key : key.substring(0, MOST_TOLD) + "...";
    }

    private synchronized boolean take(String key) {
        long now = nanos();
        Bucket before = buckets.getOrDefault(key, new Bucket(limit.burst(), now));
        double tokens = Math.min(limit.burst(), before.tokens + (now - before.at) / NANOS * limit.qps());
        boolean there = tokens >= 1;
        buckets.put(key, new Bucket(there ? tokens - 1 : tokens, now));
        return there;
    }

    private long nanos() {
        Instant now = clock.instant();
        return Math.addExact(Math.multiplyExact(now.getEpochSecond(), (long) NANOS), now.getNano());
    }

    private String key(Write write, Struct event) {
        return switch (limit.type()) {
            case SERVER -> "";
            case NAMESPACE -> write.key().namespace();
            case USER -> write.caller().user();
            case SOURCE_AND_OBJECT -> source(event) + object(event);
        };
    }

    /// Of an Event of `events.k8s.io` the source is another field.
    private static String source(Struct event) {
        Struct source = event.struct(event.has("deprecatedSource") ? "deprecatedSource" : "source");
        String reporter = event.text("reportingController") + event.text("reportingInstance");
        return source.isEmpty() ? reporter : source.text("component") + source.text("host");
    }

    private static String object(Struct event) {
        Struct object = event.struct(event.has("regarding") ? "regarding" : "involvedObject");
        return object.text("kind") + object.text("namespace") + object.text("name") + object.text("uid")
                + object.text("apiVersion");
    }
}
