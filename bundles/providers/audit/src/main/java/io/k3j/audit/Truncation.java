package io.k3j.audit;

import io.k3j.model.Seq;
import io.k3j.model.Struct;

/// How large an event may be, as upstream's `truncate` backend: one that is larger loses its bodies and says so. One
/// that is too large even then is shortened, where upstream drops it: who pads his headers must not be able to keep
/// what he does out of the log.
/// @param enabled without it events are of any size
/// @param mostBytes of an event as JSON
record Truncation(boolean enabled, int mostBytes) {
    private static final int LONGEST_TEXT = 256;
    private static final int MOST_ELEMENTS = 10;
    private static final String DECISION = "authorization.k8s.io/decision";

    /// An event that needs to become smaller.
    static Struct withoutBodies(Struct event) {
        return event.without("requestObject").without("responseObject").withAt("true", "annotations",
                "audit.k8s.io/truncated");
    }

    /// What says who did what, and nothing that can be of any length: some tens of KiB at most.
    static Struct shortened(Struct event) {
        String decision = event.struct("annotations").text(DECISION);
        Struct told = Struct.builder().put("audit.k8s.io/truncated", "true").putUnlessEmpty(DECISION, decision)
                .build();
        Struct small = event.without("requestObject").without("responseObject").withoutAt("user", "extra")
                .withoutAt("impersonatedUser", "extra").withoutAt("responseStatus", "details");
        return ((Struct) cut(small.without("annotations"))).with("annotations", told);
    }

    private static Object cut(Object value) {
        return switch (value) {
            case String text -> text.length() <= LONGEST_TEXT ? text : beginning(text) + "...TRUNCATED";
            case Seq all -> Seq.copyOf(all.stream().limit(MOST_ELEMENTS).map(Truncation::cut).toList());
            case Struct of -> {
                Struct.Builder b = Struct.builder();
                of.forEach((name, field) -> b.put(name, cut(field)));
                yield b.build();
            }
            default -> value;
        };
    }

    /// Not half a character.
    private static String beginning(String text) {
        int end = Character.isHighSurrogate(text.charAt(LONGEST_TEXT - 1)) ? LONGEST_TEXT - 1 : LONGEST_TEXT;
        return text.substring(0, end);
    }

    boolean fits(byte[] json) {
        return !enabled || json.length <= mostBytes;
    }
}
