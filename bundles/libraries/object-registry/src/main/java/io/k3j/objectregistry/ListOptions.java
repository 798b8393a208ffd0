package io.k3j.objectregistry;

import io.k3j.clientapi.ApiFault;
import io.k3j.model.FieldSelector;
import io.k3j.model.Selector;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;

/// The options of a list, watch or deletecollection. See
/// <https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions>.
///
/// @param labels everything when none are asked for
/// @param fields everything when none are asked for
/// @param revision -1: unset, most recent; 0: any; else as `match` says
/// @param match empty, `NotOlderThan` or `Exact`
/// @param limit objects in an answer, 0: all
/// @param token where to go on, empty for the beginning
/// @param initialEvents a watch begins with the objects there are (streaming lists)
/// @param bookmarks a watch may be told revisions without events
/// @param timeoutSeconds -1: unset
public record ListOptions(Selector labels, FieldSelector fields, long revision, String match, long limit, String token,
        boolean initialEvents, boolean bookmarks, long timeoutSeconds) {
    /// Everything, most recent.
    static final ListOptions ALL = new ListOptions(Selector.EVERYTHING, FieldSelector.EVERYTHING, -1, "", 0, "",
            false, false, -1);

    /// Everything some selectors let through, most recent.
    static ListOptions selecting(Selector labels, FieldSelector fields) {
        return new ListOptions(labels, fields, -1, "", 0, "", false, false, -1);
    }

    /// These, if they go together, as upstream's `ValidateListOptions` says.
    ///
    /// @param watch whether they are those of a watch
    /// @param initialGiven whether `sendInitialEvents` is there at all
    /// @throws ApiFault 422 with everything that does not go together; 400 for a revision beside a token
    public ListOptions checked(boolean watch, boolean initialGiven) {
        check(watch, initialGiven);
        return this;
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

    /// @param wrong field, reason and message of each
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
