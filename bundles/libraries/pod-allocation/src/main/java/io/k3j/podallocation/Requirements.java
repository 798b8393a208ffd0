package io.k3j.podallocation;

import io.k3j.apimachinery.Quantity;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/// What of the `resources` of a container or pod can be resized. Pure.
final class Requirements {
    static final List<String> RESIZABLE = List.of("cpu", "memory");
    private static final List<String> KINDS = List.of("requests", "limits");

    private Requirements() {
    }

    /// Whether two requirements have the same effect in the kernel.
    static boolean same(Struct a, Struct b) {
        return RESIZABLE.stream().noneMatch(r -> differ(a, b, r));
    }

    /// Whether they differ in one resource.
    static boolean differ(Struct a, Struct b, String resource) {
        return KINDS.stream().anyMatch(k -> !quantity(a.struct(k), resource).equals(quantity(b.struct(k), resource)));
    }

    /// Whether all containers of two versions of a pod ask for the same of one resource.
    static boolean sameRequests(Obj a, Obj b, String resource) {
        return Stream.of("initContainers", "containers").allMatch(list -> b.spec().seq(list).structs().stream()
                .allMatch(c -> quantity(c.struct("resources").struct("requests"), resource).equals(quantity(
                        a.spec().seq(list).find("name", c.text("name")).struct("resources").struct("requests"),
                        resource))));
    }

    private static Quantity quantity(Struct amounts, String resource) {
        return amounts.has(resource) ? Quantity.of(amounts.get(resource)) : Quantity.ZERO;
    }

    /// The larger of two amounts of each.
    static Struct larger(Struct a, Struct b) {
        Struct all = Struct.EMPTY;
        for (String kind : KINDS) {
            Map<String, Object> most = new TreeMap<>();
            for (String r : RESIZABLE) {
                boolean both = a.struct(kind).has(r) && b.struct(kind).has(r);
                // no limit counts as the largest
                if (both || kind.equals("requests") && (a.struct(kind).has(r) || b.struct(kind).has(r))) {
                    Quantity x = quantity(a.struct(kind), r);
                    Quantity y = quantity(b.struct(kind), r);
                    most.put(r, (x.compareTo(y) > 0 ? x : y).toString());
                }
            }
            all = all.with(kind, Struct.copyOf(most));
        }
        return all;
    }
}
