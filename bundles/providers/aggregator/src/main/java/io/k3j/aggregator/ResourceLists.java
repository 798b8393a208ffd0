package io.k3j.aggregator;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// An APIResourceList, which every API server has, in the form of aggregated discovery. Pure.
final class ResourceLists {
    private ResourceLists() {
    }

    /// The `resources` of a version; what has no name or kind is left out.
    /// @param list as a server has answered, not checked
    static Seq aggregated(Struct list, String group, String version) {
        Map<String, Struct> all = new LinkedHashMap<>();
        Map<String, List<Struct>> below = new LinkedHashMap<>();
        for (Struct r : list.seq("resources").structs()) {
            String name = r.text("name");
            int slash = name.indexOf('/');
            if (name.isEmpty() || r.text("kind").isEmpty()) {
                continue;
            }
            if (slash < 0) {
                all.put(name, resource(r, group, version));
            } else {
                below.computeIfAbsent(name.substring(0, slash), n -> new ArrayList<>())
                        .add(Struct.of("subresource", name.substring(slash + 1), "responseKind",
                                kind(r, group, version), "verbs", r.seq("verbs")));
            }
        }
        List<Struct> resources = new ArrayList<>();
        all.forEach((name, r) -> resources.add(r.toBuilder()
                .putUnlessEmpty("subresources", Seq.copyOf(below.getOrDefault(name, List.of()))).build()));
        return Seq.copyOf(resources);
    }

    private static Struct resource(Struct r, String group, String version) {
        return Struct.builder().put("resource", r.text("name")).put("responseKind", kind(r, group, version))
                .put("scope", r.flag("namespaced") ? "Namespaced" : "Cluster")
                .put("singularResource", r.text("singularName")).put("verbs", r.seq("verbs"))
                .putUnlessEmpty("shortNames", r.seq("shortNames")).putUnlessEmpty("categories", r.seq("categories"))
                .build();
    }

    private static Struct kind(Struct r, String group, String version) {
        return Struct.of("group", r.text("version").isEmpty() ? group : r.text("group"), "version",
                r.text("version", version), "kind", r.text("kind"));
    }
}
