package io.k3j.apiserverrules;

import io.k3j.apimachinery.Names;
import io.k3j.apiserverapi.FieldProblem;
import io.k3j.apiserverapi.Write;
import io.k3j.flowcontrol.BootstrapConfiguration;
import io.k3j.kindrules.Fill;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Gvk;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Rules of FlowSchemas: upstream's `pkg/apis/flowcontrol/validation` of 1.36 with its messages. See
/// <https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/flow-schema-v1/>.
final class FlowSchemaRules implements KindRules {
    private static final String ALL = "*";
    private static final String EXEMPT = "exempt";
    private static final String PRECEDENCE = "matchingPrecedence";
    private static final long LAST = 10_000;
    private static final List<String> VERBS = List.of("create", "delete", "deletecollection", "get", "list", "patch",
            "proxy", "update", "watch");
    private static final List<String> METHODS = List.of("ByNamespace", "ByUser");
    private static final List<String> SUBJECTS = List.of("Group", "ServiceAccount", "User");

    private static String quoted(List<String> values) {
        return '"' + String.join("\", \"", values) + '"';
    }

    @Override
    public Struct defaulted(Gvk kind, Struct object) {
        return Fill.inside(object, "spec", s -> s.whole(PRECEDENCE, 0) == 0 ? s.with(PRECEDENCE, 1000L) : s);
    }

    @Override
    public void check(Write write, Struct o, Problems problems) {
        conditions(o.struct("status").seq("conditions"), problems.at("status"));
        if (write.subresource().isEmpty()) {
            String name = o.struct("metadata").text("name");
            Struct spec = o.struct("spec");
            precedence(spec.whole(PRECEDENCE, 0), name, problems.at("spec").at(PRECEDENCE));
            references(spec, problems.at("spec"));
            Seq rules = spec.seq("rules");
            for (int i = 0; i < rules.size(); i++) {
                rule(rules.struct(i), problems.at("spec").at("rules", i));
            }
            Struct fixed = BootstrapConfiguration.mandatorySchema(name);
            if (fixed != null && !fixed.struct("spec").equals(spec)) {
                problems.at("spec").invalid(spec, "spec of '" + name + "' must equal the fixed value");
            }
        }
    }

    private static void precedence(long precedence, String name, Problems p) {
        if (precedence <= 0) {
            p.invalid(precedence, "must be a positive value");
        }
        if (precedence > LAST) {
            p.invalid(precedence, "must not be greater than " + LAST);
        }
        if (precedence == 1 && !name.equals(EXEMPT)) {
            p.invalid(precedence, "only the schema named 'exempt' may have matchingPrecedence 1");
        }
    }

    private static void references(Struct spec, Problems p) {
        if (spec.has("distinguisherMethod")) {
            String type = spec.struct("distinguisherMethod").text("type");
            if (!METHODS.contains(type)) {
                // upstream shows the whole method, by the names of its fields in Go
                p.add(FieldProblem.unsupported(p.at("distinguisherMethod").at("type").path(), Struct.of("Type", type),
                        quoted(METHODS)));
            }
        }
        String level = spec.struct("priorityLevelConfiguration").text("name");
        if (!level.isEmpty()) {
            p.at("priorityLevelConfiguration").at("name").invalid(level, Names.subdomain(level));
        } else if (!spec.has("priorityLevelConfiguration")) {
            p.at("priorityLevelConfiguration").at("name").required("must reference a priority level");
        }
    }

    private static void rule(Struct rule, Problems p) {
        Seq subjects = rule.seq("subjects");
        for (int i = 0; i < subjects.size(); i++) {
            subject(subjects.struct(i), p.at("subjects", i));
        }
        Seq resources = rule.seq("resourceRules");
        Seq paths = rule.seq("nonResourceRules");
        if (resources.isEmpty() && paths.isEmpty()) {
            p.required("at least one of resourceRules and nonResourceRules has to be non-empty");
        }
        for (int i = 0; i < resources.size(); i++) {
            resources(resources.struct(i), p.at("resourceRules", i));
        }
        for (int i = 0; i < paths.size(); i++) {
            paths(paths.struct(i), p.at("nonResourceRules", i));
        }
    }

    private static void subject(Struct subject, Problems p) {
        String kind = subject.text("kind");
        if (!SUBJECTS.contains(kind)) {
            p.add(FieldProblem.unsupported(p.at("kind").path(), kind, quoted(SUBJECTS)));
            return;
        }
        for (String each : SUBJECTS) {
            member(subject, each, kind, p);
        }
    }

    /// A subject says who it is in the field of its kind, and in no other.
    private static void member(Struct subject, String of, String kind, Problems p) {
        String field = Character.toLowerCase(of.charAt(0)) + of.substring(1);
        boolean own = of.equals(kind);
        if (own && !subject.has(field)) {
            p.at(field).required(field + " is required when subject kind is '" + of + "'");
        } else if (own && field.equals("serviceAccount")) {
            account(subject.struct(field), p.at(field));
        } else if (!own && subject.has(field)) {
            p.at(field).forbidden(field + " is forbidden when subject kind is not '" + of + "'");
        }
    }

    private static void account(Struct account, Problems p) {
        String name = account.text("name");
        if (!name.isEmpty() && !name.equals(ALL)) {
            p.at("name").invalid(name, Names.subdomain(name));
        }
        String namespace = account.text("namespace");
        if (!namespace.isEmpty()) {
            p.at("namespace").invalid(namespace, Names.label(namespace));
        }
    }

    private static void resources(Struct rule, Problems p) {
        verbs(rule, p);
        alone(rule, "apiGroups", "api groups", p);
        alone(rule, "resources", "resources", p);
        Seq namespaces = rule.seq("namespaces");
        if (namespaces.isEmpty() && !rule.flag("clusterScope")) {
            p.at("namespaces").required(
                    "resource rules that are not cluster scoped must supply at least one namespace");
        }
        if (alone(rule, "namespaces", "namespaces", p)) {
            return;
        }
        for (int i = 0; i < namespaces.size(); i++) {
            String namespace = namespaces.text(i);
            p.at("namespaces", i).invalid(namespace, Names.label(namespace).stream()
                    .map(why -> "each member of this list must be '*' or a DNS-1123 label; " + why).toList());
        }
    }

    private static void verbs(Struct rule, Problems p) {
        List<String> verbs = rule.seq("verbs").texts();
        if (!alone(rule, "verbs", "verbs", p) && !VERBS.containsAll(verbs)) {
            p.add(FieldProblem.unsupported(p.at("verbs").path(), rule.seq("verbs"), quoted(VERBS)));
        }
    }

    /// @return whether everything is meant, beside which nothing else may be named
    private static boolean alone(Struct rule, String field, String what, Problems p) {
        Seq values = rule.seq(field);
        boolean all = values.contains(ALL);
        if (all && values.size() > 1) {
            p.at(field).invalid(values, "if '*' is present, must not specify other " + what);
        }
        return all;
    }

    private static void paths(Struct rule, Problems p) {
        verbs(rule, p);
        if (!alone(rule, "nonResourceURLs", "non-resource URLs", p)) {
            Seq paths = rule.seq("nonResourceURLs");
            for (int i = 0; i < paths.size(); i++) {
                String why = path(paths.text(i));
                if (!why.isEmpty()) {
                    p.at("nonResourceURLs", i).invalid(paths.text(i), why);
                }
            }
        }
    }

    private static String path(String path) {
        if (path.isEmpty()) {
            return "must not be empty";
        }
        if (!path.startsWith("/")) {
            return "must start with slash";
        }
        if (path.contains(" ")) {
            return "must not contain white-space";
        }
        if (path.contains("//")) {
            return "must not contain double slash";
        }
        int star = path.indexOf('*');
        boolean last = star == path.length() - 1 && path.endsWith("/*");
        return star < 0 || last ? "" : "wildcard can only do suffix matching";
    }

    /// The conditions of a status of this API group.
    static void conditions(Seq conditions, Problems p) {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < conditions.size(); i++) {
            String type = conditions.struct(i).text("type");
            if (!seen.add(type)) {
                p.at("conditions", i).at("type").duplicate(type);
            }
            if (type.isEmpty()) {
                p.at("conditions", i).at("type").required("must not be empty");
            }
        }
    }
}
