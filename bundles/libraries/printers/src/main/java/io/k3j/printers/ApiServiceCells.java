package io.k3j.printers;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.Map;

/// The cells of API services (`apiregistration.k8s.io`).
///
/// | function | column | cell |
/// |---|---|---|
/// | `apiservice.service` | Service | `namespace/name` of who serves the group version, `Local` for this server |
/// | `apiservice.available` | Available | the status of the condition, with its reason in brackets unless it is `True` or has none |
final class ApiServiceCells {
    private ApiServiceCells() {
    }

    static void into(Map<String, Cells.Cell> cells) {
        cells.put("apiservice.service", (o, now) -> service(o.struct("spec").struct("service")));
        cells.put("apiservice.available", (o, now) -> available(o.struct("status").seq("conditions")));
    }

    private static String service(Struct ref) {
        return ref.isEmpty() ? "Local" : ref.text("namespace") + "/" + ref.text("name");
    }

    /// The reason is shown only where somebody has to act. An API service without the condition is `Unknown` and has
    /// none.
    private static String available(Seq conditions) {
        Struct c = conditions.find("type", "Available");
        String status = c.text("status", "Unknown");
        String reason = c.text("reason");
        return status.equals("True") || reason.isEmpty() ? status : status + " (" + reason + ")";
    }
}
