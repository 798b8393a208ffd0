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
    private static final String MATCH = "resourceVersionMatch";
    /// Everything, most recent.
    static final ListOptions ALL = selecting(Selector.EVERYTHING, FieldSelector.EVERYTHING);

    /// Everything some selectors let through, most recent.
    static ListOptions selecting(Selector labels, FieldSelector fields) {
        return new ListOptions(labels, fields, -1, "", 0, "", false, false, -1);
    }

    /// These, if they go together, as upstream's `ValidateListOptions` says.
    /// @param watch whether they are those of a watch
    /// @param initialGiven whether `sendInitialEvents` is there at all
    /// @throws ApiFault 422 with everything that does not go together; 400 for a revision beside a token
    public ListOptions checked(boolean watch, boolean initialGiven) {
        List<FieldProblem> wrong = new ArrayList<>();
        if (watch) {
            checkWatch(wrong, initialGiven);
        } else {
            if (!match.isEmpty()) {
                checkMatch(wrong);
            }
            if (initialGiven) {
                wrong.add(FieldProblem.forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list"));
            }
        }
        if (!wrong.isEmpty()) {
            throw FieldProblem.fault(Gvk.of("meta.k8s.io/v1", "ListOptions"), "", wrong);
        }
        if (!token.isEmpty() && revision > 0) {
            throw ApiFault.badRequest("specifying resource version is not allowed when using continue");
        }
        return this;
    }

    private void checkWatch(List<FieldProblem> wrong, boolean initialGiven) {
        boolean other = !match.equals("NotOlderThan");
        forbid(wrong, initialGiven && other, "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
        forbid(wrong, !initialGiven && !match.isEmpty(),
                "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided");
        if (!match.isEmpty() && other) {
            wrong.add(FieldProblem.unsupported(MATCH, match, "\"NotOlderThan\""));
        }
        forbid(wrong, !match.isEmpty() && !token.isEmpty(),
                "resourceVersionMatch is forbidden when continue is provided");
    }

    private void checkMatch(List<FieldProblem> wrong) {
        forbid(wrong, revision < 0, "resourceVersionMatch is forbidden unless resourceVersion is provided");
        forbid(wrong, !token.isEmpty(), "resourceVersionMatch is forbidden when continue is provided");
        if (!match.equals("NotOlderThan") && !match.equals("Exact")) {
            wrong.add(FieldProblem.unsupported(MATCH, match, "\"Exact\", \"NotOlderThan\", \"\""));
        }
        forbid(wrong, match.equals("Exact") && revision == 0,
                "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"");
    }

    private static void forbid(List<FieldProblem> wrong, boolean so, String why) {
        if (so) {
            wrong.add(FieldProblem.forbidden(MATCH, why));
        }
    }

    /// Whether nothing is selected by.
    boolean unselective() {
        return labels.everything() && fields.everything();
    }
}
