package io.k3j.resourcesbuiltin;

import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Map;

/// Kinds that are stored but not enforced yet; a write returns a warning. Remove a row when its kind is enforced.
final class Unenforced {
    private static final Map<String, String> KINDS = Map.ofEntries(
            Map.entry("APIService", "requests are not passed on to its service"));

    private Unenforced() {
    }

    /// The warning for a write, empty for other kinds.
    static List<String> warnings(Write write, Struct object) {
        String kind = write.kind().gvk().kind();
        String what = KINDS.get(kind);
        boolean written = write.operation() == Operation.CREATE || write.operation() == Operation.UPDATE;
        boolean local = kind.equals("APIService") && !object.struct("spec").has("service");
        return what == null || local || !written || !write.subresource().isEmpty() ? List.of()
                : List.of(kind + " is stored and not enforced yet by this version of K3j: " + what);
    }
}
