package io.k3j.resourcesbuiltin;

import io.k3j.model.Gvk;
import io.k3j.model.Struct;
import java.util.LinkedHashMap;
import java.util.Map;

/// Converts events between core `v1`, the storage version, and `events.k8s.io/v1`. Pure.
final class EventForms {
    private static final Map<String, String> NEWER = newer();

    private EventForms() {
    }

    private static Map<String, String> newer() {
        Map<String, String> map = new LinkedHashMap<>();
        map.put("involvedObject", "regarding");
        map.put("message", "note");
        map.put("source", "deprecatedSource");
        map.put("firstTimestamp", "deprecatedFirstTimestamp");
        map.put("lastTimestamp", "deprecatedLastTimestamp");
        map.put("count", "deprecatedCount");
        map.put("reportingComponent", "reportingController");
        return map;
    }

    /// The event in version `to`; the fields are the same under other names.
    static Struct converted(Struct event, Gvk to) {
        Struct.Builder b = Struct.builder();
        event.forEach((name, value) -> b.put(renamed(name, to.group().isEmpty()), value));
        return b.put("apiVersion", to.apiVersion()).build();
    }

    private static String renamed(String name, boolean toCore) {
        for (Map.Entry<String, String> e : NEWER.entrySet()) {
            if (name.equals(toCore ? e.getValue() : e.getKey())) {
                return toCore ? e.getKey() : e.getValue();
            }
        }
        return name;
    }
}
