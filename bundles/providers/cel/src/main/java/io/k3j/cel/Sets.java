package io.k3j.cel;

import static dev.cel.common.types.SimpleType.BOOL;

import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.TypeParamType;
import java.util.List;

/// CEL's set library: lists taken as sets.
final class Sets {
    private static final CelType LIST = ListType.create(TypeParamType.create("T"));

    private Sets() {
    }

    static void enter(Functions f) {
        f.global("sets.contains", "list_sets_contains_list", BOOL, (frame, a) -> all(frame, a[0], a[1]), LIST, LIST);
        f.global("sets.equivalent", "list_sets_equivalent_list", BOOL,
                (frame, a) -> all(frame, a[0], a[1]) && all(frame, a[1], a[0]), LIST, LIST);
        f.global("sets.intersects", "list_sets_intersects_list", BOOL,
                (frame, a) -> ((List<?>) a[1]).stream().anyMatch(e -> has(frame, (List<?>) a[0], e)), LIST, LIST);
    }

    private static boolean all(Frame frame, Object set, Object elements) {
        return ((List<?>) elements).stream().allMatch(e -> has(frame, (List<?>) set, e));
    }

    private static boolean has(Frame frame, List<?> set, Object element) {
        return set.stream().anyMatch(e -> Equality.equal(frame, e, element));
    }
}
