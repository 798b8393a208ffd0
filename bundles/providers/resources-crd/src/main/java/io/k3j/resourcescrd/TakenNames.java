package io.k3j.resourcescrd;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// The names that the definitions of a group have been given, and what of a definition's own wishes is free. The
/// condition tells of the last conflict, in the order plural, singular, short names, kind, kind of a list.
final class TakenNames {
    private final Struct before;
    private final Set<String> resources = new HashSet<>();
    private final Set<String> kinds = new HashSet<>();
    private String reason = "NoConflicts";
    private String message = "no conflicts found";

    TakenNames(Obj definition, List<Obj> others) {
        before = accepted(definition);
        add(before);
        others.stream().filter(o -> group(o).equals(group(definition))).forEach(o -> add(accepted(o)));
    }

    private void add(Struct names) {
        resources.addAll(resources(names));
        kinds.add(names.text("kind"));
        kinds.add(names.text("listKind"));
    }

    private static Set<String> resources(Struct names) {
        Set<String> all = new HashSet<>(names.seq("shortNames").texts());
        all.add(names.text("plural"));
        all.add(names.text("singular"));
        return all;
    }

    /// Whether a change gives up a name that another definition may have been waiting for.
    static boolean freed(Obj from, Obj to) {
        Struct old = accepted(from);
        Struct fresh = accepted(to);
        return !resources(fresh).containsAll(resources(old)) || !old.text("kind").equals(fresh.text("kind"))
                || !old.text("listKind").equals(fresh.text("listKind"));
    }

    private static Struct accepted(Obj definition) {
        return definition.status().struct("acceptedNames");
    }

    /// The group of a definition.
    static String group(Obj definition) {
        return definition.spec().text("group");
    }

    /// What is given of the wanted names; each that is not remains as before.
    Struct accepted(Struct wanted) {
        Struct a = Struct.of("plural", name(wanted, "plural", resources, "PluralConflict"), "singular",
                name(wanted, "singular", resources, "SingularConflict"));
        Seq shorts = shorts(wanted.seq("shortNames"));
        a = shorts.isEmpty() ? a : a.with("shortNames", shorts);
        a = a.with("kind", name(wanted, "kind", kinds, "KindConflict"));
        a = a.with("listKind", name(wanted, "listKind", kinds, "ListKindConflict"));
        Seq categories = wanted.seq("categories");
        return categories.isEmpty() ? a : a.with("categories", categories);
    }

    private String name(Struct wanted, String field, Set<String> taken, String why) {
        String asked = wanted.text(field);
        String own = before.text(field);
        if (asked.equals(own) || !taken.contains(asked)) {
            return asked;
        }
        conflict(why, inUse(asked));
        return own;
    }

    /// All, or those of before.
    private Seq shorts(Seq wanted) {
        Seq own = before.seq("shortNames");
        List<String> bad = new ArrayList<>();
        for (String s : new LinkedHashSet<>(wanted.texts())) {
            if (!own.texts().contains(s) && resources.contains(s)) {
                bad.add(inUse(s));
            }
        }
        if (bad.isEmpty()) {
            return wanted;
        }
        conflict("ShortNamesConflict", bad.size() == 1 ? bad.getFirst() : "[" + String.join(", ", bad) + "]");
        return own;
    }

    private static String inUse(String name) {
        return "\"" + name + "\" is already in use";
    }

    private void conflict(String why, String text) {
        reason = why;
        message = text;
    }

    /// Whether all wanted names were given.
    boolean free() {
        return reason.equals("NoConflicts");
    }

    /// The reason of the condition.
    String reason() {
        return reason;
    }

    /// The message of the condition.
    String message() {
        return message;
    }
}
