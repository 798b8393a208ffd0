package io.k3j.printers;

import io.k3j.model.Struct;
import java.util.Map;

/// The cells of webhook configurations and admission policies (`admissionregistration.k8s.io`).
///
/// | function | column | cell |
/// |---|---|---|
/// | `webhooks.count` | Webhooks | how many webhooks one configuration holds |
/// | `policy.validations`, `policy.mutations` | Validations, Mutations | how many expressions a policy holds |
/// | `policy.kind` | ParamKind of a policy | `apiVersion/kind`, `<unset>` for a policy without parameters |
/// | `policy.ref` | ParamRef of a binding | `namespace/name`; `*` stands for parameters that a selector chooses |
final class AdmissionCells {
    private AdmissionCells() {
    }

    static void into(Map<String, Cells.Cell> cells) {
        cells.put("webhooks.count", (o, now) -> (long) o.seq("webhooks").size());
        cells.put("policy.validations", (o, now) -> (long) o.struct("spec").seq("validations").size());
        cells.put("policy.mutations", (o, now) -> (long) o.struct("spec").seq("mutations").size());
        cells.put("policy.kind", (o, now) -> paramKind(o.struct("spec").struct("paramKind")));
        cells.put("policy.ref", (o, now) -> paramRef(o.struct("spec").struct("paramRef")));
    }

    private static String paramKind(Struct kind) {
        return kind.isEmpty() ? "<unset>" : kind.text("apiVersion") + "/" + kind.text("kind");
    }

    /// A reference either names its object or selects several; the latter shows as `*`.
    private static String paramRef(Struct ref) {
        if (ref.isEmpty()) {
            return "<unset>";
        }
        String name = ref.text("name").isEmpty() ? "*" : ref.text("name");
        return ref.text("namespace").isEmpty() ? name : ref.text("namespace") + "/" + name;
    }
}
