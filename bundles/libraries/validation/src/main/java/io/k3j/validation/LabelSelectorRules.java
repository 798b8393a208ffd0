package io.k3j.validation;

import io.k3j.apimachinery.Names;
import io.k3j.model.Seq;
import io.k3j.model.Struct;

/// What a `LabelSelector` must look like (`matchLabels`, `matchExpressions`), as in upstream's `ValidateLabelSelector`;
/// see "Labels and Selectors". Pure; any thread.
public final class LabelSelectorRules {
    private LabelSelectorRules() {
    }

    /// Checks one that stands at `p` and adds what is wrong there. An empty one is valid: what it means (everything, or
    /// nothing) is the kind's decision, and kinds that cannot live with it check for it themselves.
    ///
    /// @param selector `In` and `NotIn` need values, the other operators have none
    public static void check(Struct selector, Problems p) {
        check(selector, false, p);
    }

    /// The same for a selector that replaces another one.
    ///
    /// @param anyValues whether values that no label can have are taken: where there were such before
    public static void check(Struct selector, boolean anyValues, Problems p) {
        MetadataRules.labels(selector.struct("matchLabels"), p.at("matchLabels"));
        Seq all = selector.seq("matchExpressions");
        for (int i = 0; i < all.size(); i++) {
            Struct e = all.struct(i);
            Problems at = p.at("matchExpressions", i);
            if (!values(e, at)) {
                at.at("operator").invalid(e.text("operator"), "not a valid selector operator");
            }
            at.at("key").invalid(e.text("key"), Names.qualified(e.text("key")));
            Seq values = e.seq("values");
            for (int k = 0; k < values.size() && !anyValues; k++) {
                at.at("values", k).invalid(values.text(k), Names.labelValue(values.text(k)));
            }
        }
    }

    /// Whether a selector asks for values that no label can have: upstream's `LabelSelectorHasInvalidLabelValue`, by
    /// which a stored one may keep them.
    public static boolean oddValues(Struct selector) {
        return selector.seq("matchExpressions").structs().stream().flatMap(e -> e.seq("values").texts().stream())
                .anyMatch(v -> !Names.labelValue(v).isEmpty());
    }

    /// Checks whether a requirement at `p`, of labels or of fields, has values where its operator needs them, and none
    /// where it takes none.
    ///
    /// @return whether the operator is one there is
    public static boolean values(Struct requirement, Problems p) {
        boolean none = requirement.seq("values").isEmpty();
        switch (requirement.text("operator")) {
            case "In", "NotIn" -> {
                if (none) {
                    p.at("values").required("must be specified when `operator` is 'In' or 'NotIn'");
                }
            }
            case "Exists", "DoesNotExist" -> {
                if (!none) {
                    p.at("values").forbidden("may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
                }
            }
            default -> {
                return false;
            }
        }
        return true;
    }
}
