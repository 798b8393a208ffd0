package io.k3j.imageregistries;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Why registries refused images of late, by [ImageName#place]: containerd hears a status only. For any thread.
public final class PullFailures {
    /// Repositories that are remembered; the oldest is forgotten.
    private static final int MOST_PLACES = 512;
    /// Reasons of one pull: endpoints, each with its answer.
    private static final int MOST_REASONS = 8;
    private final Map<String, List<String>> reasons = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, List<String>> eldest) {
            return size() > MOST_PLACES;
        }
    };

    /// Nothing is known yet.
    public PullFailures() {
        // the map is made with it
    }

    /// A pull begins: what was is no longer of interest.
    public synchronized void begin(ImageName image) {
        reasons.remove(image.place());
    }

    synchronized void add(String place, String reason) {
        List<String> all = reasons.computeIfAbsent(place, _ -> new ArrayList<>());
        if (!all.contains(reason) && all.size() < MOST_REASONS) {
            all.add(reason);
        }
    }

    /// Whether something of an endpoint was heard since [#begin].
    synchronized boolean knows(String place, String endpoint) {
        return reasons.getOrDefault(place, List.of()).stream().anyMatch(r -> r.startsWith(endpoint + ": "));
    }

    /// What was heard since [#begin], in order; empty when nobody was asked through the relay.
    public synchronized List<String> of(ImageName image) {
        return List.copyOf(reasons.getOrDefault(image.place(), List.of()));
    }
}
