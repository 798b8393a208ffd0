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
/// | `policy.ref` | ParamRef of a binding | `namespace/name`, `*` for a namespace that is not given; or the selector |
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

    /// A reference either names its object or selects several. A name without a namespace may be one of an object
    /// without namespaces or of one in each: only the policy knows.
    private static String paramRef(Struct ref) {
        if (!ref.text("name").isEmpty()) {
            return (ref.text("namespace").isEmpty() ? "*" : ref.text("namespace")) + "/" + ref.text("name");
        }
        return ref.has("selector") ? selector(ref.struct("selector")) : "<unset>";
    }

    /// The selector as Go's generated code spells it, which is what upstream shows here.
    private static String selector(Struct selector) {
        StringBuilder text = new StringBuilder("&LabelSelector{MatchLabels:map[string]string{");
        selector.struct("matchLabels").texts().entrySet().stream().sorted(Map.Entry.comparingByKey())
                .forEach(e -> text.append(e.getKey()).append(": ").append(e.getValue()).append(','));
        text.append("},MatchExpressions:[]LabelSelectorRequirement{");
        for (Struct e : selector.seq("matchExpressions").structs()) {
            text.append("LabelSelectorRequirement{Key:").append(e.text("key")).append(",Operator:")
                    .append(e.text("operator")).append(",Values:[").append(String.join(" ", e.seq("values").texts()))
                    .append("],},");
        }
        return text.append("},}").toString();
    }
}
