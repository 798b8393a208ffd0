package io.k3j.controllerkit;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.Instant;
import java.util.Optional;

/// Lists of status conditions ("API conventions, Typical status properties"; upstream's `meta.SetStatusCondition`).
/// A list is a value: every change gives another. Pure.
public final class Conditions {
    private Conditions() {
    }

    /// The condition of a type.
    public static Optional<Struct> find(Seq conditions, String type) {
        Struct found = conditions.find("type", type);
        return found.isEmpty() ? Optional.empty() : Optional.of(found);
    }

    /// The status of the condition of a type, empty when there is none.
    public static String status(Seq conditions, String type) {
        return conditions.find("type", type).text("status");
    }

    /// Whether the condition of a type is `True`.
    public static boolean isTrue(Seq conditions, String type) {
        return status(conditions, type).equals("True");
    }

    /// The list with a condition set, at its old place if it was there. The time of transition changes with the
    /// status only; when status, reason and message are the same, the list is the same object, so that whoever
    /// compares writes nothing.
    ///
    /// @param wanted with `type` and `status`; fields of the old one that it does not name stay, but for reason and
    /// message
    /// @param now the time of transition if there is one, in whole seconds
    public static Seq with(Seq conditions, Struct wanted, Instant now) {
        for (int i = 0; i < conditions.size(); i++) {
            Struct old = conditions.struct(i);
            if (old.text("type").equals(wanted.text("type"))) {
                return same(old, wanted) ? conditions : conditions.with(i, merged(old, wanted, now));
            }
        }
        return conditions.plus(wanted.with("lastTransitionTime", Times.seconds(now)));
    }

    /// The list without the condition of a type.
    public static Seq without(Seq conditions, String type) {
        return find(conditions, type).isEmpty()
                ? conditions
                : Seq.copyOf(conditions.structs().stream().filter(c -> !c.text("type").equals(type)).toList());
    }

    /// A condition without a time; reason and message may be empty, then they are left out.
    public static Struct of(String type, boolean holds, String reason, String message) {
        return Struct.builder().put("type", type).put("status", holds ? "True" : "False")
                .putUnlessEmpty("reason", reason).putUnlessEmpty("message", message).build();
    }

    private static boolean same(Struct old, Struct wanted) {
        return old.text("status").equals(wanted.text("status")) && old.text("reason").equals(wanted.text("reason"))
                && old.text("message").equals(wanted.text("message"));
    }

    private static Struct merged(Struct old, Struct wanted, Instant now) {
        Struct.Builder b = old.toBuilder();
        b.remove("reason").remove("message");
        wanted.forEach(b::put);
        return old.text("status").equals(wanted.text("status"))
                ? b.build()
                : b.put("lastTransitionTime", Times.seconds(now)).build();
    }
}
