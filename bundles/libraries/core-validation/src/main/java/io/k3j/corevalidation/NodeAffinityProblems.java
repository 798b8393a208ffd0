package io.k3j.corevalidation;

import io.k3j.apimachinery.Names;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.LabelSelectorRules;
import io.k3j.validation.Problems;
import java.util.List;

/// What can be wrong with `affinity.nodeAffinity` and other node selectors, as upstream's `ValidateNodeSelectorTerm`:
/// <https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#node-affinity>. Pure. Values that no label
/// can have match no node: they are told of where a pod asks for them, not where it prefers them.
public final class NodeAffinityProblems {
    private static final String REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution";
    private static final String PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution";
    private static final String OPERATOR = "operator";
    private static final String VALUES = "values";

    private NodeAffinityProblems() {
    }

    /// Checks a pod's node affinity at its place.
    static void check(Struct affinity, Problems p) {
        if (!affinity.struct(REQUIRED).isEmpty()) {
            selector(affinity.struct(REQUIRED), true, p.at(REQUIRED));
        }
        Seq preferred = affinity.seq(PREFERRED);
        for (int i = 0; i < preferred.size(); i++) {
            AffinityProblems.weight(preferred.struct(i), p.at(PREFERRED, i));
            term(preferred.struct(i).struct("preference"), false, p.at(PREFERRED, i).at("preference"));
        }
    }

    /// Checks a node selector at its place, as `nodeAffinity.required` of a PersistentVolume, but for values of labels.
    public static void selector(Struct selector, Problems p) {
        selector(selector, false, p);
    }

    /// Checks a node selector at its place.
    ///
    /// @param values whether values of labels are looked at
    public static void selector(Struct selector, boolean values, Problems p) {
        Seq terms = selector.seq("nodeSelectorTerms");
        // Terms are alternatives: none of them would match no node, which nobody can mean.
        if (terms.isEmpty()) {
            p.at("nodeSelectorTerms").required("must have at least one node selector term");
        }
        for (int i = 0; i < terms.size(); i++) {
            term(terms.struct(i), values, p.at("nodeSelectorTerms", i));
        }
    }

    private static void term(Struct term, boolean values, Problems p) {
        Seq labels = term.seq("matchExpressions");
        for (int i = 0; i < labels.size(); i++) {
            label(labels.struct(i), values, p.at("matchExpressions", i));
        }
        Seq fields = term.seq("matchFields");
        for (int i = 0; i < fields.size(); i++) {
            field(fields.struct(i), p.at("matchFields", i));
        }
    }

    private static void label(Struct r, boolean values, Problems p) {
        switch (r.text(OPERATOR)) {
            case "Gt", "Lt" -> {
                if (r.seq(VALUES).size() != 1) {
                    p.at(VALUES).required("must be specified single value when `operator` is 'Lt' or 'Gt'");
                }
            }
            default -> {
                if (!LabelSelectorRules.values(r, p)) {
                    noOperator(r, p);
                }
            }
        }
        p.at("key").invalid(r.text("key"), Names.qualified(r.text("key")));
        List<String> all = values ? r.seq(VALUES).texts() : List.of();
        for (int i = 0; i < all.size() && !p.full(); i++) {
            p.at(VALUES, i).invalid(all.get(i), Names.labelValue(all.get(i)));
        }
    }

    /// A node has one field to be told by, its name, and one name.
    private static void field(Struct r, Problems p) {
        switch (r.text(OPERATOR)) {
            case "In", "NotIn" -> {
                if (r.seq(VALUES).size() != 1) {
                    p.at(VALUES).required(
                            "must be only one value when `operator` is 'In' or 'NotIn' for node field selector");
                }
            }
            default -> noOperator(r, p);
        }
        if (!r.text("key").equals("metadata.name")) {
            p.at("key").invalid(r.text("key"), "not a valid field selector key");
            return;
        }
        for (int i = 0; i < r.seq(VALUES).size(); i++) {
            p.at(VALUES, i).invalid(r.seq(VALUES).text(i), Names.subdomain(r.seq(VALUES).text(i)));
        }
    }

    private static void noOperator(Struct r, Problems p) {
        p.at(OPERATOR).invalid(r.text(OPERATOR), "not a valid selector operator");
    }
}
