package io.k3j.admissionkit;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;

/// Default requests and limits of a LimitRange for containers without their own. Pure.
public final class LimitDefaults {
    private LimitDefaults() {
    }

    /// Returns the pod with the defaults filled in; `set` receives one message per changed container, for the
    /// annotation.
    public static Struct filled(Struct pod, Struct limit, List<String> set) {
        Struct spec = pod.struct("spec");
        for (String list : List.of("containers", "initContainers")) {
            Seq containers = spec.seq(list);
            String what = list.equals("containers") ? "container " : "init container ";
            spec = containers.isEmpty() ? spec
                    : spec.with(list, containers.mapped(c -> container(c, limit, what, set)));
        }
        return pod.with("spec", spec);
    }

    private static Struct container(Struct container, Struct limit, String what, List<String> set) {
        Struct resources = container.struct("resources");
        Struct c = container;
        for (String side : List.of("requests", "limits")) {
            Struct given = limit.struct(side.equals("requests") ? "defaultRequest" : "default");
            List<String> added = new ArrayList<>();
            Struct.Builder all = resources.struct(side).toBuilder();
            given.forEach((name, amount) -> {
                if (!all.has(name)) {
                    all.put(name, amount);
                    added.add(name);
                }
            });
            if (!added.isEmpty()) {
                resources = resources.with(side, all.build());
                c = c.with("resources", resources);
                added.sort(null);
                String word = side.equals("requests") ? " request for " : " limit for ";
                set.add(String.join(", ", added) + word + what + container.text("name"));
            }
        }
        return c;
    }
}
