package io.k3j.audit;

import io.k3j.apimachinery.Names;
import io.k3j.apiserverapi.Audit.Level;
import io.k3j.apiserverapi.Audit.Rule;
import io.k3j.apiserverapi.Authorizer.Attributes;
import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.FieldProblem;
import io.k3j.codec.MalformedInput;
import io.k3j.codec.Yaml;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A `Policy` of `audit.k8s.io/v1`: the first rule that is about a request says what is recorded of it; what no rule is
/// about is not recorded. See <https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/#audit-policy>.
/// @param unknown fields that mean nothing, for a warning
record AuditPolicy(List<AuditRule> rules, List<String> unknown) {
    private static final String VERSION = "audit.k8s.io/v1";
    private static final Map<String, Level> LEVELS = Map.of("None", Level.NONE, "Metadata", Level.METADATA, "Request",
            Level.REQUEST, "RequestResponse", Level.REQUEST_RESPONSE);
    private static final List<String> STAGES = List.of("RequestReceived", "ResponseStarted", "ResponseComplete",
            "Panic");
    private static final Set<String> FIELDS = Set.of("apiVersion", "kind", "metadata", "rules", "omitStages",
            "omitManagedFields");
    private static final Set<String> RULE_FIELDS = Set.of("level", "users", "userGroups", "verbs", "resources",
            "namespaces", "nonResourceURLs", "omitStages", "omitManagedFields");

    /// Reads one.
    /// @throws IllegalArgumentException in upstream's words
    static AuditPolicy parse(byte[] file) {
        Struct policy;
        try {
            policy = Yaml.document(file).object();
        } catch (MalformedInput | IllegalArgumentException e) {
            throw new IllegalArgumentException("failed decoding: " + e.getMessage(), e);
        }
        if (policy.text("kind").isEmpty()) {
            throw new IllegalArgumentException("failed decoding: Object 'Kind' is missing");
        }
        if (!policy.text("kind").equals("Policy") || !policy.text("apiVersion").equals(VERSION)) {
            throw new IllegalArgumentException("failed decoding: no kind \"" + policy.text("kind")
                    + "\" is registered for version \"" + policy.text("apiVersion") + "\"; it must be a Policy of "
                    + VERSION);
        }
        List<Struct> rules = policy.seq("rules").structs();
        List<FieldProblem> problems = new ArrayList<>();
        for (int i = 0; i < rules.size(); i++) {
            problems(rules.get(i), "rules[" + i + "]", problems);
        }
        if (!problems.isEmpty()) {
            String all = problems.stream().map(FieldProblem::toString).collect(Collectors.joining(", "));
            throw new IllegalArgumentException(problems.size() == 1 ? all : "[" + all + "]");
        }
        if (rules.isEmpty()) {
            throw new IllegalArgumentException("loaded illegal policy with 0 rules");
        }
        return new AuditPolicy(rules.stream().map(r -> rule(policy, r)).toList(), unknown(policy));
    }

    private static void problems(Struct rule, String at, List<FieldProblem> to) {
        String level = rule.text("level");
        if (level.isEmpty()) {
            to.add(FieldProblem.required(at + ".level", ""));
        } else if (!LEVELS.containsKey(level)) {
            to.add(FieldProblem.unsupported(at + ".level", level,
                    "\"None\", \"Metadata\", \"Request\", \"RequestResponse\""));
        }
        Seq urls = rule.seq("nonResourceURLs");
        for (int i = 0; i < urls.size(); i++) {
            url(urls.text(i), at + ".nonResourceURLs[" + i + "]", to);
        }
        rule.seq("resources").structs().forEach(r -> resources(r, at + ".resources", to));
        Seq stages = rule.seq("omitStages");
        for (int i = 0; i < stages.size(); i++) {
            if (!STAGES.contains(stages.text(i))) {
                to.add(FieldProblem.invalid(at + ".omitStages[" + i + "]", stages.text(i),
                        "allowed stages are " + String.join(",", STAGES)));
            }
        }
        if (!urls.isEmpty() && !(rule.seq("resources").isEmpty() && rule.seq("namespaces").isEmpty())) {
            to.add(FieldProblem.invalid(at + ".nonResourceURLs", urls,
                    "rules cannot apply to both regular resources and non-resource URLs"));
        }
    }

    private static void url(String url, String at, List<FieldProblem> to) {
        if (url.equals("*")) {
            return;
        }
        if (!url.startsWith("/")) {
            to.add(FieldProblem.invalid(at, url, "non-resource URL rules must begin with a '/' character"));
        }
        int star = url.indexOf('*');
        if (star >= 0 && star < url.length() - 1) {
            to.add(FieldProblem.invalid(at, url,
                    "non-resource URL wildcards '*' must be the final character of the rule"));
        }
    }

    private static void resources(Struct resources, String at, List<FieldProblem> to) {
        String group = resources.text("group");
        List<String> wrong = group.isEmpty() ? List.of() : Names.subdomain(group);
        if (!wrong.isEmpty()) {
            to.add(FieldProblem.invalid(at + ".group", group, String.join(",", wrong)));
        }
        if (!resources.seq("resourceNames").isEmpty() && resources.seq("resources").isEmpty()) {
            to.add(FieldProblem.invalid(at + ".resourceNames", resources.seq("resourceNames"),
                    "using resourceNames requires at least one resource"));
        }
    }

    private static AuditRule rule(Struct policy, Struct rule) {
        Set<String> stages = new HashSet<>(policy.seq("omitStages").texts());
        stages.addAll(rule.seq("omitStages").texts());
        Rule effect = new Rule(LEVELS.getOrDefault(rule.text("level"), Level.NONE), Set.copyOf(stages),
                rule.flag("omitManagedFields", policy.flag("omitManagedFields")));
        return new AuditRule(texts(rule, "users"), texts(rule, "userGroups"), texts(rule, "verbs"),
                rule.seq("resources").structs().stream().map(AuditRule.Resources::of).toList(),
                texts(rule, "namespaces"), rule.seq("nonResourceURLs").texts(), effect);
    }

    private static Set<String> texts(Struct rule, String field) {
        return Set.copyOf(rule.seq(field).texts());
    }

    private static List<String> unknown(Struct policy) {
        List<String> all = new ArrayList<>(policy.names().stream().filter(n -> !FIELDS.contains(n)).toList());
        List<Struct> rules = policy.seq("rules").structs();
        for (int i = 0; i < rules.size(); i++) {
            String at = "rules[" + i + "].";
            rules.get(i).names().stream().filter(n -> !RULE_FIELDS.contains(n)).forEach(n -> all.add(at + n));
        }
        return List.copyOf(all);
    }

    /// What is recorded of a request.
    /// @param caller null when nobody could be made out
    Rule rule(@Nullable Caller caller, Attributes what) {
        for (AuditRule rule : rules) {
            if (rule.matches(caller, what)) {
                return rule.effect();
            }
        }
        return Rule.NONE;
    }
}
