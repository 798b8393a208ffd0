package io.k3j.aggregator;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// An APIResourceList, which every API server has, in the form of aggregated discovery. Pure.
final class ResourceLists {
    /// Not left out: clients of before 1.26.4 fail without one.
    private static final Struct NO_KIND = Struct.of("group", "", "version", "", "kind", "");

    private ResourceLists() {
    }

    /// The `resources` of a version. A subresource whose resource is not in the list, as adapters of metrics have them,
    /// gets one with nothing but its scope; what has no name is left out. As upstream.
    /// @param list as a server has answered, not checked
    static Seq aggregated(Struct list, String group, String version) {
        Map<String, Struct> all = new LinkedHashMap<>();
        Map<String, List<Struct>> below = new HashMap<>();
        List<Struct> listed = list.seq("resources").structs();
        for (Struct r : listed) {
            if (!r.text("name").isEmpty() && r.text("name").indexOf('/') < 0) {
                all.put(r.text("name"), resource(r, group, version));
            }
        }
        for (Struct r : listed) {
            int slash = r.text("name").indexOf('/');
            if (slash > 0 && slash < r.text("name").length() - 1) {
                String of = r.text("name").substring(0, slash);
                all.putIfAbsent(of, parent(of, r));
                below.computeIfAbsent(of, n -> new ArrayList<>()).add(Struct.of("subresource",
                        r.text("name").substring(slash + 1), "responseKind",
                        r.text("kind").isEmpty() ? NO_KIND : kind(r, group, version), "verbs", r.seq("verbs")));
            }
        }
        List<Struct> resources = new ArrayList<>();
        all.forEach((name, r) -> resources.add(r.toBuilder()
                .putUnlessEmpty("subresources", Seq.copyOf(below.getOrDefault(name, List.of()))).build()));
        return Seq.copyOf(resources);
    }

    private static Struct parent(String name, Struct of) {
        return Struct.of("resource", name, "responseKind", NO_KIND, "scope", scope(of), "singularResource", "",
                "verbs", Seq.EMPTY);
    }

    private static String scope(Struct r) {
        return r.flag("namespaced") ? "Namespaced" : "Cluster";
    }

    private static Struct resource(Struct r, String group, String version) {
        return Struct.builder().put("resource", r.text("name")).put("responseKind", kind(r, group, version))
                .put("scope", scope(r))
                .put("singularResource", r.text("singularName")).put("verbs", r.seq("verbs"))
                .putUnlessEmpty("shortNames", r.seq("shortNames")).putUnlessEmpty("categories", r.seq("categories"))
                .build();
    }

    private static Struct kind(Struct r, String group, String version) {
        return Struct.of("group", r.text("version").isEmpty() ? group : r.text("group"), "version",
                r.text("version", version), "kind", r.text("kind"));
    }
}
