package io.k3j.objectregistry;

import io.k3j.apiserverapi.FieldProblem;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.FieldSelector;
import io.k3j.model.Gvk;
import io.k3j.model.Selector;
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
    private static final Gvk KIND = Gvk.of("meta.k8s.io/v1", "ListOptions");
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
        List<FieldProblem> wrong = new ArrayList<>();
        if (watch) {
            if (initialGiven && !match.equals("NotOlderThan")) {
                wrong.add(FieldProblem.forbidden("resourceVersionMatch",
                        "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"));
            } else if (!initialGiven && !match.isEmpty()) {
                wrong.add(FieldProblem.forbidden("resourceVersionMatch",
                        "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"));
            }
        } else if (initialGiven) {
            wrong.add(FieldProblem.forbidden("sendInitialEvents",
                    "sendInitialEvents is forbidden for list"));
        }
        if (!watch && !match.isEmpty()) {
            checkMatch(wrong);
        }
        if (!wrong.isEmpty()) {
            throw FieldProblem.fault(KIND, "", wrong);
        }
        if (!token.isEmpty() && revision > 0) {
            throw ApiFault.badRequest("specifying resource version is not allowed when using continue");
        }
    }

    private void checkMatch(List<FieldProblem> wrong) {
        if (revision < 0) {
            wrong.add(FieldProblem.forbidden("resourceVersionMatch",
                    "resourceVersionMatch is forbidden unless resourceVersion is provided"));
        }
        if (!token.isEmpty()) {
            wrong.add(FieldProblem.forbidden("resourceVersionMatch",
                    "resourceVersionMatch is forbidden when continue is provided"));
        }
        if (!match.equals("NotOlderThan") && !match.equals("Exact")) {
            wrong.add(FieldProblem.unsupported("resourceVersionMatch", match, "\"Exact\", \"NotOlderThan\", \"\""));
        }
        if (match.equals("Exact") && revision == 0) {
            wrong.add(FieldProblem.forbidden("resourceVersionMatch",
                    "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\""));
        }
    }

    /// Whether nothing is selected by.
    boolean unselective() {
        return labels.everything() && fields.everything();
    }
}
