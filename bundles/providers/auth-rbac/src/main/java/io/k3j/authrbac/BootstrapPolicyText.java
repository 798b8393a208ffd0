package io.k3j.authrbac;

import io.k3j.componentbase.FeatureGate;
import io.k3j.componentbase.FeatureGates;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Parses `bootstrap.txt`, whose head describes the format. Not thread-safe.
final class BootstrapPolicyText {
    private static final Struct ANNOTATIONS = Struct.of("rbac.authorization.kubernetes.io/autoupdate", "true");
    private static final String GATE = " ?";
    private final FeatureGates gates;
    private final List<Wanted> wanted = new ArrayList<>();
    private final List<Struct> rules = new ArrayList<>();
    private @Nullable Obj role;
    /// Rules are of a role that is left out.
    private boolean leftOut;

    private BootstrapPolicyText(FeatureGates gates) {
        this.gates = gates;
    }

    /// An object that has to exist.
    record Wanted(Gvr resource, Obj object) {
    }

    /// All objects of a text.
    ///
    /// @param gates by which lines are there or not
    static List<Wanted> parse(Iterable<String> lines, FeatureGates gates) {
        BootstrapPolicyText text = new BootstrapPolicyText(gates);
        lines.forEach(text::parseGated);
        text.finish();
        return List.copyOf(text.wanted);
    }

    private void parseGated(String line) {
        if (line.isEmpty() || line.charAt(0) == '#') {
            return;
        }
        int mark = line.indexOf(GATE);
        boolean there = mark < 0 || gates.enabled(gate(line.substring(mark + GATE.length())));
        boolean rule = line.startsWith("  ");
        if (!rule) {
            leftOut = !there;
        }
        if (there && !leftOut) {
            parseLine(mark < 0 ? line : line.substring(0, mark));
        } else if (!rule) {
            finish();
        }
    }

    private static FeatureGate gate(String name) {
        return FeatureGate.of(name).orElseThrow(() -> new IllegalStateException("no feature gate " + name));
    }

    private void parseLine(String line) {
        if (line.startsWith("  ")) {
            rules.add(rule(List.of(line.trim().split(" "))));
            return;
        }
        finish();
        List<String> words = List.of(line.split(" "));
        if (words.get(0).endsWith("Binding")) {
            wanted.add(binding(words));
        } else {
            role = role(words);
        }
    }

    private void finish() {
        if (role != null) {
            boolean local = !role.namespace().isEmpty();
            Obj whole = role.tree().has("aggregationRule") ? role : role.with(Seq.copyOf(rules), "rules");
            wanted.add(new Wanted(local ? Rbac.ROLES : Rbac.CLUSTER_ROLES, whole));
        }
        role = null;
        rules.clear();
    }

    private static Obj object(String kind, String name, Struct labels) {
        int slash = kind.startsWith("Cluster") ? -1 : name.indexOf('/');
        Struct.Builder meta = Struct.builder().put("name", name.substring(slash + 1));
        meta.putUnlessEmpty("namespace", slash < 0 ? "" : name.substring(0, slash)).put("labels", labels)
                .put("annotations", ANNOTATIONS);
        return Obj.of(Struct.of("apiVersion", Rbac.GROUP + "/v1", "kind", kind, "metadata", meta.build()));
    }

    private static Obj role(List<String> words) {
        Struct labels = Struct.of("kubernetes.io/bootstrapping", "rbac-defaults");
        Struct aggregation = Struct.EMPTY;
        for (String word : words.subList(2, words.size())) {
            if (word.charAt(0) == '+') {
                labels = labels.with(label(word.substring(1)), "true");
            } else {
                aggregation = Struct.of("clusterRoleSelectors", Seq.copyOf(List.of(word.substring(1).split(","))
                        .stream().map(l -> Struct.of("matchLabels", Struct.of(label(l), "true"))).toList()));
            }
        }
        Obj o = object(words.get(0), words.get(1), labels);
        return aggregation.isEmpty() ? o : o.with(aggregation, "aggregationRule").with(Seq.EMPTY, "rules");
    }

    private static String label(String word) {
        return "rbac.authorization.k8s.io/" + word;
    }

    private static Struct rule(List<String> words) {
        List<String> verbs = new ArrayList<>();
        for (String verb : words.get(0).split(",")) {
            switch (verb) {
                case "R" -> verbs.addAll(List.of("get", "list", "watch"));
                case "W" -> verbs.addAll(List.of("create", "delete", "deletecollection", "patch", "update"));
                default -> verbs.add(verb);
            }
        }
        Collections.sort(verbs);
        if (words.get(1).equals("url")) {
            return Struct.of("nonResourceURLs", list(words.get(2)), "verbs", verbs);
        }
        List<String> groups = list(words.get(1)).stream().map(g -> g.equals("core") ? "" : g).sorted().toList();
        Struct rule = Struct.of("apiGroups", groups, "resources", list(words.get(2)));
        return (words.size() > 3 ? rule.with("resourceNames", list(words.get(3))) : rule).with("verbs", verbs);
    }

    /// Sorted, as upstream's rules are.
    private static List<String> list(String word) {
        return Stream.of(word.split(",")).sorted().toList();
    }

    private static Wanted binding(List<String> words) {
        boolean cluster = words.get(0).startsWith("Cluster");
        String target = cluster ? "ClusterRole/" + words.get(2) : words.get(2);
        int slash = target.indexOf('/');
        List<Struct> subjects = words.subList(3, words.size()).stream().map(BootstrapPolicyText::subject).toList();
        Obj o = object(words.get(0), words.get(1), Struct.of("kubernetes.io/bootstrapping", "rbac-defaults"))
                .with(Struct.of("apiGroup", Rbac.GROUP, "kind", target.substring(0, slash), "name",
                        target.substring(slash + 1)), "roleRef");
        return new Wanted(cluster ? Rbac.CLUSTER_BINDINGS : Rbac.BINDINGS,
                subjects.isEmpty() ? o : o.with(subjects, "subjects"));
    }

    private static Struct subject(String word) {
        String name = word.substring(2);
        int slash = name.indexOf('/');
        return switch (word.charAt(0)) {
            case 's' -> Struct.of("kind", "ServiceAccount", "name", name.substring(slash + 1), "namespace",
                    name.substring(0, slash));
            case 'g' -> Struct.of("apiGroup", Rbac.GROUP, "kind", "Group", "name", name);
            default -> Struct.of("apiGroup", Rbac.GROUP, "kind", "User", "name", name);
        };
    }
}
