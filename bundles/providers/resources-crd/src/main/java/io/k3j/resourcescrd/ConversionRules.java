package io.k3j.resourcescrd;

import io.k3j.apimachinery.Names;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.pki.PemBlocks;
import io.k3j.validation.Problems;
import io.k3j.validation.WebhookClientRules;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Rules of `spec.conversion`, with upstream's messages, which name the fields of its internal version. Pure.
final class ConversionRules {
    private static final Set<String> KNOWN = Set.of("v1", "v1beta1");
    private final Struct before;
    private final Struct conversion;
    private final Problems problems;
    private final boolean established;

    /// @param before the old definition, empty on creation
    ConversionRules(Struct before, Struct spec, Problems problems) {
        this.before = before.struct("spec").struct("conversion");
        this.conversion = spec.struct("conversion");
        this.problems = problems.at("spec.conversion");
        this.established = before.struct("status").seq("conditions").find("type", "Established").text("status")
                .equals("True");
    }

    void check() {
        problems.requiredOneOf(conversion, "strategy", List.of("None", "Webhook"));
        Struct webhook = conversion.struct("webhook");
        boolean config = webhook.get("clientConfig") instanceof Struct;
        Seq versions = webhook.seq("conversionReviewVersions");
        if (conversion.text("strategy").equals("Webhook")) {
            if (config) {
                client(webhook.struct("clientConfig"), problems.at("webhookClientConfig"));
            } else {
                problems.at("webhookClientConfig").required("required when strategy is set to Webhook");
            }
            versions(versions, problems.at("conversionReviewVersions"));
            return;
        }
        if (config) {
            problems.at("webhookClientConfig").forbidden("should not be set when strategy is not set to Webhook");
        }
        if (!versions.isEmpty()) {
            problems.at("conversionReviewVersions").forbidden("should not be set when strategy is not set to Webhook");
        }
    }

    /// A bundle that is none may stay, and may be written before anybody relies on it.
    private void client(Struct config, Problems at) {
        WebhookClientRules.check(config, at);
        String bundle = config.text("caBundle");
        if (established && unusable(before.struct("webhook").struct("clientConfig").text("caBundle")).isEmpty()) {
            at.at("caBundle").invalid(bundle, unusable(bundle));
        }
    }

    /// Why a bundle names no authority; nothing where there is none.
    static List<String> unusable(String bundle) {
        try {
            if (!bundle.isEmpty()) {
                PemBlocks.authorities(bundle);
            }
            return List.of();
        } catch (IllegalArgumentException e) {
            return List.of("unable to load root certificates: " + e.getMessage());
        }
    }

    /// What an older version took may stay.
    private void versions(Seq versions, Problems at) {
        if (versions.isEmpty()) {
            at.required("");
            return;
        }
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < versions.size(); i++) {
            Problems one = problems.at("conversionReviewVersions", i);
            String version = versions.text(i);
            if (seen.add(version)) {
                one.invalid(version, Names.label1035(version));
            } else {
                one.invalid(version, "duplicate version");
            }
        }
        Seq old = before.struct("webhook").seq("conversionReviewVersions");
        boolean recognized = old.isEmpty() || old.texts().stream().anyMatch(KNOWN::contains);
        if (recognized && seen.stream().noneMatch(KNOWN::contains)) {
            at.invalid(versions, "must include at least one of v1, v1beta1");
        }
    }
}
