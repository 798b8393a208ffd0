package io.k3j.audit;

import io.k3j.apimachinery.Names;
import io.k3j.apiserverapi.Audit.Level;
import io.k3j.apiserverapi.Audit.Rule;
import io.k3j.apiserverapi.Authorizer.Attributes;
import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.FieldProblem;
import io.k3j.codec.Document;
import io.k3j.codec.MalformedInput;
import io.k3j.codec.Yaml;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.FieldTypes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A `Policy` of `audit.k8s.io/v1`: the first rule that is about a request says what is recorded of it; what no rule is
/// about is not recorded. See <https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/#audit-policy>.
/// @param ignored what is there without effect, for a warning: fields that mean nothing, and all but the last of a name
record AuditPolicy(List<AuditRule> rules, List<String> ignored) {
    private static final String VERSION = "audit.k8s.io/v1";
    private static final Map<String, Level> LEVELS = Map.of("None", Level.NONE, "Metadata", Level.METADATA, "Request",
            Level.REQUEST, "RequestResponse", Level.REQUEST_RESPONSE);
    private static final List<String> STAGES = List.of("RequestReceived", "ResponseStarted", "ResponseComplete",
            "Panic");

    /// Reads one.
    /// @throws IllegalArgumentException in upstream's words
    static AuditPolicy parse(byte[] file) {
        Document document;
        try {
            document = Yaml.document(file);
        } catch (MalformedInput | IllegalArgumentException e) {
            throw new IllegalArgumentException("failed decoding: " + e.getMessage(), e);
        }
        Struct policy = document.object();
        FieldTypes types = PolicyTypes.of(policy);
        List<String> ignored = new ArrayList<>(types.unknown());
        ignored.addAll(document.duplicates());
        typed(policy, types);
        List<FieldProblem> problems = problems(policy);
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(joined(problems));
        }
        List<Struct> rules = policy.seq("rules").structs();
        if (rules.isEmpty()) {
            throw new IllegalArgumentException("loaded illegal policy with 0 rules");
        }
        return new AuditPolicy(rules.stream().map(r -> rule(policy, r)).toList(), List.copyOf(ignored));
    }

    /// As a decoder: what is no policy, or has fields of other types, is not looked at any further.
    private static void typed(Struct policy, FieldTypes types) {
        if (policy.text("kind").isEmpty()) {
            throw new IllegalArgumentException("failed decoding: Object 'Kind' is missing");
        }
        if (!policy.text("kind").equals("Policy") || !policy.text("apiVersion").equals(VERSION)) {
            throw new IllegalArgumentException("failed decoding: no kind \"" + policy.text("kind")
                    + "\" is registered for version \"" + policy.text("apiVersion") + "\"; it must be a Policy of "
                    + VERSION);
        }
        if (!types.problems().isEmpty()) {
            throw new IllegalArgumentException("failed decoding: " + joined(types.problems()));
        }
    }

    private static String joined(List<FieldProblem> problems) {
        String all = problems.stream().map(FieldProblem::toString).collect(Collectors.joining(", "));
        return problems.size() == 1 ? all : "[" + all + "]";
    }

    private static List<FieldProblem> problems(Struct policy) {
        List<FieldProblem> problems = new ArrayList<>();
        stages(policy.seq("omitStages"), "omitStages", problems);
        List<Struct> rules = policy.seq("rules").structs();
        for (int i = 0; i < rules.size(); i++) {
            problems(rules.get(i), "rules[" + i + "]", problems);
        }
        return problems;
    }

    private static void stages(Seq stages, String at, List<FieldProblem> to) {
        for (int i = 0; i < stages.size(); i++) {
            if (!STAGES.contains(stages.text(i))) {
                to.add(FieldProblem.invalid(at + "[" + i + "]", stages.text(i),
                        "allowed stages are " + String.join(",", STAGES)));
            }
        }
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
        stages(rule.seq("omitStages"), at + ".omitStages", to);
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
        List<String> wrong = group.isEmpty() || group.equals(AuditRule.EVERY_GROUP) ? List.of()
                : Names.subdomain(group);
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
