package io.k3j.resourcescrd;

import io.k3j.apiserverapi.FieldProblem;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/// Limits of a custom resource's schema. The schema is walked for every object that is read, written or published, so
/// that an unlimited one would slow down the server. Pure.
final class SchemaBounds {
    /// Maximum of nodes in one schema; the largest in use have about ten thousand.
    static final int MAX_NODES = 100_000;
    /// Maximum of nesting.
    static final int MAX_DEPTH = 200;
    /// Maximum of elements of `allOf`, `anyOf` and `oneOf`, all of which may have to be evaluated for a value.
    static final int MAX_BRANCHES = 5_000;

    private SchemaBounds() {
    }

    private record Place(Object value, int depth, boolean branches) {
    }

    /// The limit that a schema at a path exceeds, if any.
    static Optional<FieldProblem> broken(Struct schema, String at) {
        Deque<Place> open = new ArrayDeque<>();
        open.push(new Place(schema, 1, false));
        int nodes = 0;
        int branches = 0;
        while (!open.isEmpty()) {
            Place place = open.pop();
            nodes++;
            branches += place.branches && place.value instanceof Seq all ? all.size() : 0;
            if (nodes > MAX_NODES) {
                return Optional.of(tooLarge(at, "must have at most " + MAX_NODES + " objects and lists"));
            }
            if (branches > MAX_BRANCHES) {
                return Optional.of(tooLarge(at, "must have at most " + MAX_BRANCHES
                        + " elements of allOf, anyOf and oneOf"));
            }
            if (place.depth > MAX_DEPTH) {
                return Optional.of(tooLarge(at, "must not be nested deeper than " + MAX_DEPTH));
            }
            within(place, open);
        }
        return Optional.empty();
    }

    private static FieldProblem tooLarge(String at, String why) {
        return FieldProblem.forbidden(at, "the schema is too large: it " + why);
    }

    private static void within(Place place, Deque<Place> open) {
        if (place.value instanceof Seq all) {
            all.forEach(v -> push(open, v, place.depth + 1, false));
        } else if (place.value instanceof Struct s) {
            s.forEach((name, v) -> push(open, v, place.depth + 1,
                    name.equals("allOf") || name.equals("anyOf") || name.equals("oneOf")));
        }
    }

    private static void push(Deque<Place> open, Object value, int depth, boolean branches) {
        if (value instanceof Seq || value instanceof Struct) {
            open.push(new Place(value, depth, branches));
        }
    }
}
