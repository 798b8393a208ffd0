package io.k3j.apiserverrules;

import io.k3j.apimachinery.Names;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.kindrules.Fill;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Gvk;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.LabelSelectorRules;
import io.k3j.validation.Problems;
import java.util.List;
import java.util.Map;

/// Rules of Role, ClusterRole and their bindings.
final class AccessRules {
    private static final String RBAC = "rbac.authorization.k8s.io";
    private static final String AGGREGATION = "aggregationRule";
    private static final String SELECTORS = "clusterRoleSelectors";
    private static final String GROUP = "apiGroup";
    private static final String ACCOUNT = "ServiceAccount";

    private AccessRules() {
    }

    static void into(Map<String, KindRules> map) {
        map.put("Role", new Roles());
        map.put("ClusterRole", new Roles());
        map.put("RoleBinding", new Bindings());
        map.put("ClusterRoleBinding", new Bindings());
    }

    private static final class Roles implements KindRules {
        @Override
        public List<String> name(String name) {
            return Names.pathSegment(name);
        }

        @Override
        public void check(Write write, Struct o, Problems p) {
            Seq rules = o.seq("rules");
            for (int i = 0; i < rules.size(); i++) {
                rule(rules.struct(i), write.kind().namespaced(), p.at("rules", i));
            }
            if (o.has(AGGREGATION)) {
                Seq before = write.before().orElse(Struct.EMPTY).struct(AGGREGATION).seq(SELECTORS);
                aggregation(o.struct(AGGREGATION).seq(SELECTORS), before, p.at(AGGREGATION));
            }
        }

        private static void aggregation(Seq selectors, Seq before, Problems p) {
            if (selectors.isEmpty()) {
                p.at(SELECTORS).required("at least one clusterRoleSelector required if aggregationRule is non-nil");
            }
            boolean anyValues = before.structs().stream().anyMatch(LabelSelectorRules::oddValues);
            for (int i = 0; i < selectors.size() && !p.full(); i++) {
                int known = p.found().size();
                LabelSelectorRules.check(selectors.struct(i), anyValues, p.at(SELECTORS, i));
                if (p.found().size() > known) {
                    p.at(SELECTORS, i).invalid(null, "invalid label selector.");
                }
            }
        }

        private static void rule(Struct rule, boolean namespaced, Problems p) {
            if (rule.seq("verbs").isEmpty()) {
                p.at("verbs").required("verbs must contain at least one value");
            }
            boolean paths = !rule.seq("nonResourceURLs").isEmpty();
            boolean resources = !rule.seq("apiGroups").isEmpty() || !rule.seq("resources").isEmpty()
                    || !rule.seq("resourceNames").isEmpty();
            if (paths) {
                if (namespaced) {
                    p.at("nonResourceURLs").invalid(rule.seq("nonResourceURLs"),
                            "namespaced rules cannot apply to non-resource URLs");
                }
                if (resources) {
                    p.at("nonResourceURLs").invalid(rule.seq("nonResourceURLs"),
                            "rules cannot apply to both regular resources and non-resource URLs");
                }
                return;
            }
            if (rule.seq("apiGroups").isEmpty()) {
                p.at("apiGroups").required("resource rules must supply at least one api group");
            }
            if (rule.seq("resources").isEmpty()) {
                p.at("resources").required("resource rules must supply at least one resource");
            }
        }
    }

    private static final class Bindings implements KindRules {
        @Override
        public Struct defaulted(Gvk kind, Struct o) {
            Struct b = Fill.inside(o, "roleRef", r -> Fill.in(r, GROUP, RBAC));
            return Fill.each(b, "subjects", s -> List.of("User", "Group").contains(s.text("kind"))
                    ? Fill.in(s, GROUP, RBAC) : s);
        }

        @Override
        public List<String> name(String name) {
            return Names.pathSegment(name);
        }

        @Override
        public void check(Write write, Struct o, Problems p) {
            Struct ref = o.struct("roleRef");
            role(ref, write.kind().namespaced() ? List.of("Role", "ClusterRole") : List.of("ClusterRole"),
                    p.at("roleRef"));
            Seq subjects = o.seq("subjects");
            for (int i = 0; i < subjects.size(); i++) {
                subject(subjects.struct(i), write.kind().namespaced(), p.at("subjects", i));
            }
            Struct before = write.before().orElse(Struct.EMPTY).struct("roleRef");
            if (write.operation() == Operation.UPDATE && !before.equals(ref)) {
                p.at("roleRef").invalid(ref, "cannot change roleRef");
            }
        }

        private static void role(Struct ref, List<String> kinds, Problems p) {
            if (!ref.text(GROUP).equals(RBAC)) {
                p.at(GROUP).unsupported(ref.text(GROUP), List.of(RBAC));
            }
            if (!kinds.contains(ref.text("kind"))) {
                p.at("kind").unsupported(ref.text("kind"), kinds);
            }
            if (p.present(ref, "name")) {
                p.at("name").invalid(ref.text("name"), Names.pathSegment(ref.text("name")));
            }
        }

        /// A ServiceAccount without a namespace is of the binding's own.
        private static void subject(Struct s, boolean namespaced, Problems p) {
            String kind = s.text("kind");
            boolean named = p.present(s, "name");
            if (kind.equals(ACCOUNT)) {
                if (named) {
                    p.at("name").invalid(s.text("name"), Names.subdomain(s.text("name")));
                }
                if (!s.text(GROUP).isEmpty()) {
                    p.at(GROUP).unsupported(s.text(GROUP), List.of(""));
                }
                if (!namespaced) {
                    p.present(s, "namespace");
                }
            } else if (!kind.equals("User") && !kind.equals("Group")) {
                p.at("kind").unsupported(kind, List.of(ACCOUNT, "User", "Group"));
            } else if (!s.text(GROUP).equals(RBAC)) {
                p.at(GROUP).unsupported(s.text(GROUP), List.of(RBAC));
            }
        }
    }
}
