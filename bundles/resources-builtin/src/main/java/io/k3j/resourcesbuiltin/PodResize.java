package io.k3j.resourcesbuiltin;

import io.k3j.model.Seq;
import io.k3j.model.Struct;

/// The `resize` subresource: only resources of containers change. Pure.
final class PodResize {
    private PodResize() {
    }

    /// The old spec with the resources and resize policies of the new one.
    static Struct resized(Struct before, Struct wanted) {
        Struct spec = before;
        for (String list : new String[] {"containers", "initContainers"}) {
            Seq news = wanted.seq(list);
            spec = Fill.each(spec, list, c -> taken(c, news.find("name", c.text("name"))));
        }
        return wanted.has("resources") ? spec.with("resources", wanted.struct("resources")) : spec;
    }

    private static Struct taken(Struct container, Struct wanted) {
        Struct c = wanted.has("resources") ? container.with("resources", wanted.struct("resources")) : container;
        return wanted.has("resizePolicy") ? c.with("resizePolicy", wanted.seq("resizePolicy")) : c;
    }
}
