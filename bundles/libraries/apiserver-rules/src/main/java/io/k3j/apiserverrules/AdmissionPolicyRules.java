package io.k3j.apiserverrules;

import io.k3j.apimachinery.Names;
import io.k3j.apiserverapi.Write;
import io.k3j.celapi.Cel;
import io.k3j.kindrules.Fill;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Gvk;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.ConditionRules;
import io.k3j.validation.Problems;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Rules of ValidatingAdmissionPolicies and MutatingAdmissionPolicies. What expressions are must compile; it is
/// compiled again where the policy is enforced.
final class AdmissionPolicyRules implements KindRules {
    private static final int MOST_ANNOTATIONS = 20;
    /// Upstream's, in bytes: less than that of a value, since an expression tends to be shorter than what it makes.
    private static final int LONGEST_VALUE_EXPRESSION = 5 * 1024;
    private static final String ONE = "validations or auditAnnotations must contain at least one item";
    private static final List<String> REASONS = List.of("Forbidden", "Invalid", "RequestEntityTooLarge");
    private final Supplier<@Nullable Cel> cel;

    /// @param cel null while there is none
    AdmissionPolicyRules(Supplier<@Nullable Cel> cel) {
        this.cel = cel;
    }

    @Override
    public Struct defaulted(Gvk kind, Struct o) {
        return Fill.inside(o, "spec", s -> Fill.inside(Fill.in(s, "failurePolicy", "Fail"), "matchConstraints",
                AdmissionMatchRules::defaulted));
    }

    @Override
    public List<String> warnings(Write write, Struct o) {
        return write.subresource().isEmpty() ? StaticNames.warnings(o) : List.of();
    }

    @Override
    public void check(Write write, Struct o, Problems problems) {
        if (!write.subresource().isEmpty()) {
            status(o.struct("status").struct("typeChecking").seq("expressionWarnings"),
                    problems.at("status.typeChecking"));
            ConditionRules.check(o.struct("status"), problems.at("status"));
            return;
        }
        Struct spec = o.struct("spec");
        Problems p = problems.at("spec");
        boolean mutating = write.kind().gvk().kind().startsWith("Mutating");
        boolean params = spec.get("paramKind") instanceof Struct;
        matching(spec, mutating, p);
        Struct before = write.before().map(b -> b.struct("spec")).orElse(Struct.EMPTY);
        boolean kept = before.seq("matchConditions").equals(spec.seq("matchConditions"))
                && before.struct("paramKind").equals(spec.struct("paramKind"));
        if (!kept) {
            new AdmissionExpressionRules(cel, params).matchConditions(spec.seq("matchConditions"), p);
        }
        AdmissionExpressionRules expressions = new AdmissionExpressionRules(cel, params);
        variables(spec.seq("variables"), expressions, p);
        if (mutating) {
            mutations(spec, expressions, p);
        } else {
            validations(spec, expressions, p);
            annotations(o.struct("metadata").text("name"), spec.seq("auditAnnotations"), expressions, p);
        }
    }

    private static void matching(Struct spec, boolean mutating, Problems p) {
        p.requiredOneOf(spec, "failurePolicy", List.of("Fail", "Ignore"));
        if (spec.get("paramKind") instanceof Struct kind) {
            AdmissionMatchRules.paramKind(kind, p.at("paramKind"));
        }
        if (spec.get("matchConstraints") instanceof Struct constraints) {
            AdmissionMatchRules.match(spec, "matchConstraints", mutating, p);
            if (constraints.seq("resourceRules").isEmpty()) {
                p.at("matchConstraints.resourceRules").required("");
            }
        } else {
            p.at("matchConstraints").required("");
        }
    }

    private static void status(Seq warnings, Problems p) {
        for (int i = 0; i < warnings.size(); i++) {
            Problems at = p.at("expressionWarnings", i);
            at.present(warnings.struct(i), "warning");
            if (warnings.struct(i).text("fieldRef").isBlank()) {
                at.at("fieldRef").required("");
            }
        }
    }

    private static void variables(Seq variables, AdmissionExpressionRules expressions, Problems p) {
        for (int i = 0; i < variables.size(); i++) {
            Struct variable = variables.struct(i);
            Problems at = p.at("variables", i);
            String name = variable.text("name");
            if (name.isBlank()) {
                at.at("name").required("name is not specified");
            } else if (!AdmissionExpressionRules.identifier(name)) {
                at.at("name").invalid(name, "name is not a valid CEL identifier");
            }
            if (variable.text("expression").isBlank()) {
                at.at("expression").required("expression is not specified");
            } else {
                expressions.variable(name, variable.text("expression"), at.at("expression"));
            }
        }
    }

    private static void validations(Struct spec, AdmissionExpressionRules expressions, Problems p) {
        Seq all = spec.seq("validations");
        if (all.isEmpty() && spec.seq("auditAnnotations").isEmpty()) {
            p.at("validations").required(ONE);
            p.at("auditAnnotations").required(ONE);
        }
        for (int i = 0; i < all.size(); i++) {
            Struct validation = all.struct(i);
            Problems at = p.at("validations", i);
            if (validation.text("expression").isBlank()) {
                at.at("expression").required("expression is not specified");
            } else {
                expressions.condition(validation.text("expression"), at.at("expression"));
            }
            message(validation, expressions, at);
            at.oneOf(validation, "reason", REASONS);
        }
    }

    private static void message(Struct validation, AdmissionExpressionRules expressions, Problems at) {
        String expression = validation.text("messageExpression");
        if (!expression.isEmpty() && expression.isBlank()) {
            at.at("messageExpression").invalid(expression, "must be non-empty if specified");
        } else if (!expression.isEmpty()) {
            expressions.message(expression, at.at("messageExpression"));
        }
        String message = validation.text("message");
        String trimmed = message.strip();
        if (!message.isEmpty() && trimmed.isEmpty()) {
            at.at("message").invalid(message, "message must be non-empty if specified");
        } else if (trimmed.indexOf('\n') >= 0 || trimmed.indexOf('\r') >= 0) {
            at.at("message").invalid(message, "message must not contain line breaks");
        }
    }

    private static void annotations(String policy, Seq all, AdmissionExpressionRules expressions, Problems p) {
        if (all.size() > MOST_ANNOTATIONS) {
            p.at("auditAnnotations").invalid(all, "must not have more than " + MOST_ANNOTATIONS + " auditAnnotations");
        }
        Set<String> keys = new HashSet<>();
        for (int i = 0; i < all.size(); i++) {
            Problems at = p.at("auditAnnotations", i);
            String key = all.struct(i).text("key");
            if (policy.isEmpty()) {
                at.at("key").invalid(key, "requires metadata.name be non-empty");
            } else {
                String whole = policy + "/" + key;
                at.at("key").invalid(whole, Names.qualified(whole));
            }
            value(all.struct(i).text("valueExpression"), expressions, at.at("valueExpression"));
            if (!keys.add(key)) {
                at.at("key").duplicate(key);
            }
        }
    }

    private static void value(String expression, AdmissionExpressionRules expressions, Problems at) {
        if (expression.isBlank()) {
            at.required("valueExpression is not specified");
        } else if (expression.strip().getBytes(StandardCharsets.UTF_8).length > LONGEST_VALUE_EXPRESSION) {
            at.required("must not exceed " + LONGEST_VALUE_EXPRESSION + " bytes in length");
        } else {
            expressions.value(expression, at);
        }
    }

    private static void mutations(Struct spec, AdmissionExpressionRules expressions, Problems p) {
        Seq all = spec.seq("mutations");
        if (all.isEmpty()) {
            p.at("mutations").required("mutations must contain at least one item");
        }
        for (int i = 0; i < all.size(); i++) {
            Problems at = p.at("mutations", i);
            switch (all.struct(i).text("patchType")) {
                case "" -> at.at("patchType").required("");
                case "JSONPatch" -> patch(all.struct(i), "jsonPatch", "applyConfiguration", expressions, at);
                case "ApplyConfiguration" -> patch(all.struct(i), "applyConfiguration", "jsonPatch", expressions, at);
                default -> at.oneOf(all.struct(i), "patchType", List.of("ApplyConfiguration", "JSONPatch"));
            }
        }
        p.requiredOneOf(spec, "reinvocationPolicy", List.of("Never", "IfNeeded"));
    }

    private static void patch(Struct mutation, String field, String other, AdmissionExpressionRules expressions,
            Problems at) {
        String type = mutation.text("patchType");
        if (!(mutation.get(field) instanceof Struct patch)) {
            at.at(field).required("must be specified when patchType is " + type);
        } else if (patch.text("expression").isBlank()) {
            at.at(field).at("expression").required("");
        } else {
            expressions.patch(type, patch.text("expression").strip(), at.at(field).at("expression"));
        }
        if (mutation.get(other) instanceof Struct) {
            at.at(other).invalid("{" + other + "}", "must not be specified when patchType is " + type);
        }
    }
}
