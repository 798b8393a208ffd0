package io.k3j.admissionwebhooks;

import io.k3j.admissionmatching.MatchCriteria;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.webhookclient.ClientConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One webhook of a configuration, ready to be compared with requests. A value; made once for each change.
/// @param id configuration, name and place in it
/// @param broken what is wrong with it; it fails then for every request that its rules match
record Webhook(String id, String name, Policy policy, MatchCriteria match, WebhookConditions conditions,
        ClientConfig client, String broken) {
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

    /// The name of its configuration.
    String configuration() {
        return id.substring(0, id.indexOf('/'));
    }

    /// The webhooks of a configuration, in its order.
    /// @param last those of its last state, null without: what they have compiled is kept
    static List<Webhook> of(Obj configuration, @Nullable List<Webhook> last) {
        List<Struct> all = configuration.tree().seq("webhooks").structs();
        List<Webhook> hooks = new ArrayList<>(all.size());
        for (int i = 0; i < all.size(); i++) {
            WebhookConditions written = new WebhookConditions(all.get(i).seq("matchConditions"));
            WebhookConditions known = last == null || i >= last.size() ? written : last.get(i).conditions();
            hooks.add(of(configuration.name() + "/" + all.get(i).text("name") + "/" + i, all.get(i),
                    known.equals(written) ? known : written));
        }
        return hooks;
    }

    private static Webhook of(String id, Struct w, WebhookConditions conditions) {
        MatchCriteria match = MatchCriteria.ofBrokenWebhook(w);
        String broken = "";
        try {
            match = MatchCriteria.ofWebhook(w);
        } catch (IllegalArgumentException e) {
            broken = String.valueOf(e.getMessage());
        }
        if (!w.seq("admissionReviewVersions").contains("v1")) {
            broken = "could not create admission objects: webhook does not accept known AdmissionReview versions (v1)";
        }
        return new Webhook(id, w.text("name"), Policy.of(w), match, conditions,
                ClientConfig.of(w.struct("clientConfig")), broken);
    }
}
