package io.k3j.scheduler;

import io.k3j.model.Seq;
import io.k3j.model.Selector;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// One term of a node selector: requirements on labels and on the node's name, all of which must hold.
record NodeTerm(Selector labels, Selector fields, long weight) {
    /// The terms of a list; an empty term matches no node.
    static List<NodeTerm> of(Seq terms) {
        List<NodeTerm> all = new ArrayList<>();
        for (Struct term : terms.structs()) {
            Struct body = term.has("preference") ? term.struct("preference") : term;
            all.add(new NodeTerm(requirements(body.seq("matchExpressions")), requirements(body.seq("matchFields")),
                    term.whole("weight", 0)));
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

    boolean empty() {
        return labels.everything() && fields.everything();
    }

    boolean matches(String name, Map<String, String> nodeLabels) {
        return !empty() && labels.matches(nodeLabels)
                && (fields.everything() || fields.matches(Map.of("metadata.name", name)));
    }
}
