package io.k3j.apiserver;

import io.k3j.clientapi.ApiFault;
import io.k3j.model.FieldSelector;
import io.k3j.model.Selector;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;

/// The options of a list, watch or deletecollection. See
/// <https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions>.
/// @param revision -1: unset
/// @param match empty, `NotOlderThan` or `Exact`
/// @param timeoutSeconds -1: unset
record ListOptions(Selector labels, FieldSelector fields, long revision, String match, long limit, String token,
        boolean initialEvents, boolean bookmarks, long timeoutSeconds) {
    /// Everything, most recent.
    static final ListOptions ALL = new ListOptions(Selector.EVERYTHING, FieldSelector.EVERYTHING, -1, "", 0, "",
            false, false, -1);

    /// Everything some selectors let through, most recent.
    static ListOptions selecting(Selector labels, FieldSelector fields) {
        return new ListOptions(labels, fields, -1, "", 0, "", false, false, -1);
    }

    /// From a query.
    /// @throws ApiFault 400 for what cannot be read, 422 for what does not go together
    static ListOptions of(Params p, boolean watch) {
        ListOptions o;
        try {
            o = new ListOptions(Selector.parse(p.text("labelSelector")), FieldSelector.parse(p.text("fieldSelector")),
                    revision(p.text("resourceVersion")), p.text("resourceVersionMatch"), p.whole("limit").orElse(0),
                    p.text("continue"), p.flag("sendInitialEvents"), p.flag("allowWatchBookmarks"),
                    p.whole("timeoutSeconds").orElse(-1));
        } catch (IllegalArgumentException e) {
            throw ApiFault.badRequest(String.valueOf(e.getMessage()));
        }
        o.check(watch, p.has("sendInitialEvents"));
        return o;
    }

    private static long revision(String text) {
        if (text.isEmpty()) {
            return -1;
        }
        try {
            return Long.parseUnsignedLong(text);
        } catch (NumberFormatException e) {
            throw new ApiFault(400, "BadRequest", "resourceVersion: Invalid value: \"" + text
                    + "\": strconv.ParseUint: parsing \"" + text + "\": invalid syntax", Struct.EMPTY);
        }
    }

    private void check(boolean watch, boolean initialGiven) {
        List<String[]> wrong = new ArrayList<>();
        if (watch) {
            if (initialGiven && !match.equals("NotOlderThan")) {
                wrong.add(new String[] {"resourceVersionMatch", "FieldValueForbidden",
                        "Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"});
            } else if (!initialGiven && !match.isEmpty()) {
                wrong.add(new String[] {"resourceVersionMatch", "FieldValueForbidden",
                        "Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"});
            }
        } else if (initialGiven) {
            wrong.add(new String[] {"sendInitialEvents", "FieldValueForbidden",
                    "Forbidden: sendInitialEvents is forbidden for list"});
        }
        if (!watch && !match.isEmpty()) {
            checkMatch(wrong);
        }
        if (!wrong.isEmpty()) {
            throw invalid(wrong);
        }
        if (!token.isEmpty() && revision > 0) {
            throw ApiFault.badRequest("specifying resource version is not allowed when using continue");
        }
    }

    private void checkMatch(List<String[]> wrong) {
        if (revision < 0) {
            wrong.add(new String[] {"resourceVersionMatch", "FieldValueForbidden",
                    "Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided"});
        }
        if (!token.isEmpty()) {
            wrong.add(new String[] {"resourceVersionMatch", "FieldValueForbidden",
                    "Forbidden: resourceVersionMatch is forbidden when continue is provided"});
        }
        if (!match.equals("NotOlderThan") && !match.equals("Exact")) {
            wrong.add(new String[] {"resourceVersionMatch", "FieldValueNotSupported", "Unsupported value: \"" + match
                    + "\": supported values: \"Exact\", \"NotOlderThan\", \"\""});
        }
        if (match.equals("Exact") && revision == 0) {
            wrong.add(new String[] {"resourceVersionMatch", "FieldValueForbidden",
                    "Forbidden: resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\""});
        }
    }

    private static ApiFault invalid(List<String[]> wrong) {
        List<Struct> causes = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        for (String[] w : wrong) {
            causes.add(Struct.of("reason", w[1], "message", w[2], "field", w[0]));
            texts.add(w[0] + ": " + w[2]);
        }
        String all = texts.size() == 1 ? texts.getFirst() : "[" + String.join(", ", texts) + "]";
        return new ApiFault(422, "Invalid", "ListOptions.meta.k8s.io \"\" is invalid: " + all,
                Struct.of("group", "meta.k8s.io", "kind", "ListOptions", "causes", Seq.copyOf(causes)));
    }

    /// Whether nothing is selected by.
    boolean unselective() {
        return labels.everything() && fields.everything();
    }
}
