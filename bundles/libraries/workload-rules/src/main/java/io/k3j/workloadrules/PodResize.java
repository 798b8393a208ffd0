package io.k3j.workloadrules;

import io.k3j.kindrules.Fill;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The subresource `resize`: only resources change, of containers and of the pod as a whole. Pure.
final class PodResize {
    private PodResize() {
    }

    /// The old spec with the resources and resize policies of the new one. A list with other container names is kept
    /// as requested, so that validation refuses it.
    static Struct resized(Struct before, Struct wanted) {
        Struct spec = before;
        for (String list : new String[] {"containers", "initContainers"}) {
            Seq news = wanted.seq(list);
            Map<String, Struct> wishes = new HashMap<>();
            news.structs().forEach(c -> wishes.putIfAbsent(c.text("name"), c));
            spec = names(news).equals(names(before.seq(list)))
                    ? Fill.each(spec, list, c -> taken(c, wishes.getOrDefault(c.text("name"), Struct.EMPTY)))
                    : spec.with(list, news);
        }
        return wanted.has("resources") ? spec.with("resources", wanted.struct("resources")) : spec.without("resources");
    }

    /// The container names, in order.
    static List<String> names(Seq containers) {
        return containers.structs().stream().map(c -> c.text("name")).toList();
    }

    private static Struct taken(Struct container, Struct wanted) {
        Struct c = wanted.has("resources") ? container.with("resources", wanted.struct("resources")) : container;
        return wanted.has("resizePolicy") ? c.with("resizePolicy", wanted.seq("resizePolicy")) : c;
    }
}
