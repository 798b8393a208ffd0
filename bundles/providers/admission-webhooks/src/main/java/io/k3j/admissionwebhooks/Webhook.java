package io.k3j.admissionwebhooks;

import io.k3j.model.Obj;
import io.k3j.model.Selector;
import io.k3j.model.Struct;
import io.k3j.webhookclient.ClientConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// One webhook of a configuration, ready to be compared with requests. A value; made once for each change.
/// @param id configuration, name and place in it
/// @param broken what is wrong with it; it fails then for every request that its rules match
record Webhook(String id, String name, Policy policy, Match match, ClientConfig client, String broken) {
    private static final int DEFAULT_SECONDS = 10;
    private static final int MOST_SECONDS = 30;

    /// How it is asked.
    /// @param ignoresFailure `failurePolicy: Ignore`
    /// @param dryRun whether it may be asked of a dry run
    /// @param reinvocable `reinvocationPolicy: IfNeeded`
    record Policy(boolean ignoresFailure, boolean dryRun, boolean reinvocable, Duration timeout) {
        static Policy of(Struct webhook) {
            long seconds = webhook.whole("timeoutSeconds", DEFAULT_SECONDS);
            return new Policy(webhook.text("failurePolicy").equals("Ignore"),
                    List.of("None", "NoneOnDryRun").contains(webhook.text("sideEffects")),
                    webhook.text("reinvocationPolicy").equals("IfNeeded"),
                    Duration.ofSeconds(Math.clamp(seconds, 1, MOST_SECONDS)));
        }
    }

    /// What it is asked of.
    /// @param equivalent `matchPolicy: Equivalent`
    record Match(boolean equivalent, List<WebhookRule> rules, Selector namespaces, Selector objects) {
    }

    /// The webhooks of a configuration, in its order.
    static List<Webhook> of(Obj configuration) {
        List<Struct> all = configuration.tree().seq("webhooks").structs();
        List<Webhook> hooks = new ArrayList<>(all.size());
        for (int i = 0; i < all.size(); i++) {
            hooks.add(of(configuration.name() + "/" + all.get(i).text("name") + "/" + i, all.get(i)));
        }
        return hooks;
    }

    private static Webhook of(String id, Struct w) {
        Selector namespaces = Selector.EVERYTHING;
        Selector objects = Selector.EVERYTHING;
        String broken = w.seq("matchConditions").isEmpty() ? ""
                : "its matchConditions cannot be evaluated: this version of K3j has no CEL; remove them, or use"
                        + " selectors";
        try {
            namespaces = Selector.of(w.struct("namespaceSelector"));
            objects = Selector.of(w.struct("objectSelector"));
        } catch (IllegalArgumentException e) {
            broken = String.valueOf(e.getMessage());
        }
        if (!w.seq("admissionReviewVersions").contains("v1")) {
            broken = "could not create admission objects: webhook does not accept known AdmissionReview versions (v1)";
        }
        Match match = new Match(!w.text("matchPolicy").equals("Exact"),
                w.seq("rules").structs().stream().map(WebhookRule::of).toList(), namespaces, objects);
        return new Webhook(id, w.text("name"), Policy.of(w), match, ClientConfig.of(w.struct("clientConfig")), broken);
    }
}
