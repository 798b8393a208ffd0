package io.k3j.apiserverrules;

import io.k3j.apimachinery.Names;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.kindrules.Fill;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Gvk;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.List;
import java.util.Map;

/// Rules of Role, ClusterRole and their bindings.
final class AccessRules {
    private static final String RBAC = "rbac.authorization.k8s.io";

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
            Struct b = Fill.inside(o, "roleRef", r -> Fill.in(r, "apiGroup", RBAC));
            return Fill.each(b, "subjects",
                    s -> s.text("kind").equals("ServiceAccount") ? s : Fill.in(s, "apiGroup", RBAC));
        }

        @Override
        public List<String> name(String name) {
            return Names.pathSegment(name);
        }

        @Override
        public void check(Write write, Struct o, Problems p) {
            Struct ref = o.struct("roleRef");
            p.at("roleRef").oneOf(ref, "apiGroup", List.of(RBAC));
            p.at("roleRef").requiredOneOf(ref, "kind", write.kind().namespaced() ? List.of("ClusterRole", "Role")
                    : List.of("ClusterRole"));
            p.at("roleRef").present(ref, "name");
            Seq subjects = o.seq("subjects");
            for (int i = 0; i < subjects.size(); i++) {
                Struct s = subjects.struct(i);
                Problems at = p.at("subjects", i);
                at.present(s, "name");
                at.requiredOneOf(s, "kind", List.of("Group", "ServiceAccount", "User"));
                if (s.text("kind").equals("ServiceAccount")) {
                    at.present(s, "namespace");
                }
            }
            Struct before = write.before().orElse(Struct.EMPTY).struct("roleRef");
            if (write.operation() == Operation.UPDATE && !before.equals(ref)) {
                p.at("roleRef").invalid(ref, "cannot change roleRef");
            }
        }
    }
}
