package io.k3j.apiserverrules;

import io.k3j.apimachinery.Names;
import io.k3j.apiserverapi.Write;
import io.k3j.celapi.Cel;
import io.k3j.kindrules.Fill;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Gvk;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.LabelSelectorRules;
import io.k3j.validation.Problems;
import io.k3j.validation.WebhookClientRules;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Rules of MutatingWebhookConfigurations and ValidatingWebhookConfigurations. As upstream, what an older version has
/// stored against a rule of today may stay in an update.
final class WebhookConfigurationRules implements KindRules {
    private static final List<String> NO_EFFECTS = List.of("None", "NoneOnDryRun");
    private static final List<String> EFFECTS = List.of("None", "NoneOnDryRun", "Some", "Unknown");
    private static final String VERSIONS = "admissionReviewVersions";
    private static final int MOST_SECONDS = 30;
    private static final int NAME_PARTS = 3;
    private final Supplier<@Nullable Cel> cel;

    /// @param cel null while there is none
    WebhookConfigurationRules(Supplier<@Nullable Cel> cel) {
        this.cel = cel;
    }

    @Override
    public Struct defaulted(Gvk kind, Struct o) {
        boolean mutating = kind.kind().startsWith("Mutating");
        return Fill.each(o, "webhooks", w -> webhook(w, mutating));
    }

    private static Struct webhook(Struct webhook, boolean mutating) {
        Struct w = Fill.in(webhook, "failurePolicy", "Fail", "matchPolicy", "Equivalent");
        w = Fill.in(w, "namespaceSelector", Struct.EMPTY, "objectSelector", Struct.EMPTY);
        w = Fill.in(w, "timeoutSeconds", 10L);
        w = mutating ? Fill.in(w, "reinvocationPolicy", "Never") : w;
        w = Fill.each(w, "rules", r -> Fill.in(r, "scope", "*"));
        return Fill.inside(w, "clientConfig", c -> Fill.inside(c, "service", s -> Fill.in(s, "port", 443L)));
    }

    @Override
    public List<String> warnings(Write write, Struct o) {
        return write.subresource().isEmpty() ? StaticNames.warnings(o) : List.of();
    }

    @Override
    public void check(Write write, Struct o, Problems p) {
        Seq before = write.before().map(b -> b.seq("webhooks")).orElse(Seq.EMPTY);
        Seq hooks = o.seq("webhooks");
        if (unique(before)) {
            p.unique(hooks, "webhooks", "name");
        }
        boolean known = all(before, w -> w.seq(VERSIONS).isEmpty() || w.seq(VERSIONS).contains("v1"));
        boolean harmless = all(before, w -> NO_EFFECTS.contains(w.text("sideEffects")));
        boolean selectable = all(before, WebhookConfigurationRules::selectable);
        boolean changed = !conditions(before).equals(conditions(hooks));
        for (int i = 0; i < hooks.size(); i++) {
            Struct w = hooks.struct(i);
            Problems at = p.at("webhooks", i);
            name(w, at);
            versions(w.seq(VERSIONS), at, known);
            policies(w, at, harmless);
            selectors(w, !selectable, at);
            AdmissionRuleChecks.all(w.seq("rules"), at, "rules");
            WebhookClientRules.check(w.struct("clientConfig"), at.at("clientConfig"));
            if (changed) {
                new AdmissionExpressionRules(cel, false).matchConditions(w.seq("matchConditions"), at);
            }
        }
    }

    private static List<Seq> conditions(Seq webhooks) {
        return webhooks.structs().stream().map(w -> w.seq("matchConditions")).toList();
    }

    private static boolean unique(Seq webhooks) {
        Set<String> names = new HashSet<>();
        return webhooks.structs().stream().allMatch(w -> names.add(w.text("name")));
    }

    private static boolean all(Seq webhooks, Predicate<Struct> rule) {
        return webhooks.structs().stream().allMatch(rule);
    }

    private static boolean selectable(Struct webhook) {
        Problems problems = Problems.none();
        selectors(webhook, false, problems);
        return problems.found().isEmpty();
    }

    private static void selectors(Struct w, boolean anyValues, Problems at) {
        LabelSelectorRules.check(w.struct("namespaceSelector"), anyValues, at.at("namespaceSelector"));
        LabelSelectorRules.check(w.struct("objectSelector"), anyValues, at.at("objectSelector"));
    }

    private static void name(Struct w, Problems at) {
        if (at.present(w, "name")) {
            String name = w.text("name");
            List<String> wrong = Names.subdomain(name);
            at.at("name").invalid(name, wrong);
            if (wrong.isEmpty() && name.split("\\.", -1).length < NAME_PARTS) {
                at.at("name").invalid(name, "should be a domain with at least three segments separated by dots");
            }
        }
    }

    private static void versions(Seq versions, Problems p, boolean known) {
        if (versions.isEmpty()) {
            p.at(VERSIONS).required("must specify one of v1, v1beta1");
            return;
        }
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < versions.size() && !p.full(); i++) {
            String version = versions.text(i);
            if (seen.add(version)) {
                p.at(VERSIONS, i).invalid(version, Names.label1035(version));
            } else {
                p.at(VERSIONS, i).invalid(version, "duplicate version");
            }
        }
        if (known && !versions.contains("v1")) {
            p.at(VERSIONS).invalid(versions, "must include v1: K3j sends no AdmissionReviews of v1beta1");
        }
    }

    private static void policies(Struct w, Problems at, boolean harmless) {
        at.oneOf(w, "failurePolicy", List.of("Fail", "Ignore"));
        at.oneOf(w, "matchPolicy", List.of("Equivalent", "Exact"));
        at.oneOf(w, "reinvocationPolicy", List.of("IfNeeded", "Never"));
        List<String> effects = harmless ? NO_EFFECTS : EFFECTS;
        if (w.get("sideEffects") instanceof String) {
            at.requiredOneOf(w, "sideEffects", effects);
        } else {
            at.at("sideEffects").required("must specify one of " + String.join(", ", effects));
        }
        long seconds = w.whole("timeoutSeconds", 1);
        if (seconds < 1 || seconds > MOST_SECONDS) {
            at.at("timeoutSeconds").invalid(seconds, "the timeout value must be between 1 and 30 seconds");
        }
    }
}
