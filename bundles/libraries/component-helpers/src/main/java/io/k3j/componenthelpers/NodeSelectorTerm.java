package io.k3j.componenthelpers;

import io.k3j.model.Seq;
import io.k3j.model.Selector;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// One term of a node selector, all of whose requirements must hold; one without any matches no node.
///
/// @param labels requirements on the node's labels
/// @param fields requirements on its fields, of which there is `metadata.name` only
/// @param weight of a preferred term, else 0
public record NodeSelectorTerm(Selector labels, Selector fields, long weight) {
    /// The terms of a list: `nodeSelectorTerms`, or preferred ones with `weight` and `preference`.
    /// @throws IllegalArgumentException for an unknown operator
    public static List<NodeSelectorTerm> of(Seq terms) {
        List<NodeSelectorTerm> all = new ArrayList<>();
        for (Struct term : terms.structs()) {
            Struct body = term.has("preference") ? term.struct("preference") : term;
            all.add(new NodeSelectorTerm(requirements(body.seq("matchExpressions")),
                    requirements(body.seq("matchFields")), term.whole("weight", 0)));
        }
        return all;
    }

    private static Selector requirements(Seq list) {
        List<Selector.Requirement> all = new ArrayList<>();
        for (Struct e : list.structs()) {
            all.add(new Selector.Requirement(e.text("key"), Selector.operator(e.text("operator")),
                    new TreeSet<>(e.seq("values").texts())));
        }
        return new Selector(List.copyOf(all));
    }

    /// Whether a node of this name with these labels is selected.
    public boolean matches(String node, Map<String, String> nodeLabels) {
        return !(labels.everything() && fields.everything()) && labels.matches(nodeLabels)
                && (fields.everything() || fields.matches(Map.of("metadata.name", node)));
    }

    /// Whether one of some terms selects a node.
    public static boolean anyMatches(List<NodeSelectorTerm> terms, String node, Map<String, String> nodeLabels) {
        for (NodeSelectorTerm term : terms) {
            if (term.matches(node, nodeLabels)) {
                return true;
            }
        }
        return false;
    }
}
