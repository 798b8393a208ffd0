package io.k3j.printers;

import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The cells of resource claims and resource slices (`resource.k8s.io`, "Dynamic Resource Allocation").
///
/// | function | column | cell |
/// |---|---|---|
/// | `claim.state` | State | `pending` or `allocated`, with `deleted` before and `reserved` behind it |
/// | `resourceslice.node` | Node | the node whose devices the slice lists, empty for a slice of several nodes |
final class DeviceCells {
    private DeviceCells() {
    }

    static void into(Map<String, Cells.Cell> cells) {
        cells.put("claim.state", (o, now) -> claim(o));
        cells.put("resourceslice.node", (o, now) -> o.struct("spec").text("nodeName"));
    }

    /// A claim that is being deleted and has no allocation is `deleted` only: it waits for nothing any more.
    private static String claim(Struct claim) {
        Struct status = claim.struct("status");
        List<String> states = new ArrayList<>();
        if (!claim.struct("metadata").text("deletionTimestamp").isEmpty()) {
            states.add("deleted");
        }
        if (!status.has("allocation")) {
            states.add(states.isEmpty() ? "pending" : "");
        } else {
            states.add("allocated");
            states.add(status.seq("reservedFor").isEmpty() ? "" : "reserved");
        }
        return String.join(",", states.stream().filter(s -> !s.isEmpty()).toList());
    }
}
